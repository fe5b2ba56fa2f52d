import { readAcceptLanguage } from '@daypass/messages/accept-language';
import { formatMessage } from '@daypass/messages/format-message';
import { directionOf, type Locale } from '@daypass/messages/locale';
import { matchLocale } from '@daypass/messages/match-locale';
import { messages, type MessageKey } from '@daypass/messages/messages';

/** What the pages say, in one language. */
export interface PageTexts {
  locale: Locale;
  direction: 'ltr' | 'rtl';
  say(key: MessageKey, values?: Record<string, string | number>): string;
  /** `in 5 minutes` */
  when(seconds: number): string;
}

/** What was asked for by name, else what the browser says its visitor reads, else what the site is written in. */
export function textsFor(
  header: string | undefined,
  { asked, site }: { asked?: string | undefined; site?: { locale: string } | undefined } = {},
): PageTexts {
  const wanted = [...(asked === undefined ? [] : [asked]), ...readAcceptLanguage(header)];
  const locale = matchLocale(wanted, matchLocale(site ? [site.locale] : []));
  const catalogue = messages[locale];
  const relative = new Intl.RelativeTimeFormat(locale);
  return {
    locale,
    direction: directionOf(locale),
    say: (key, values) => formatMessage(locale, catalogue[key], values),
    when(seconds) {
      if (seconds < 100) return relative.format(Math.max(1, Math.ceil(seconds)), 'second');
      if (seconds < 100 * 60) return relative.format(Math.ceil(seconds / 60), 'minute');
      return relative.format(Math.ceil(seconds / 3600), 'hour');
    },
  };
}
