import { formatMessage } from '@daypass/messages/format-message';
import { directionOf, type Locale } from '@daypass/messages/locale';
import { flow as english } from '@daypass/messages/locales/en';
import { matchLocale } from '@daypass/messages/match-locale';
import type { Message } from '@daypass/messages/message';
import type { FlowKey, Told } from './view.ts';

export interface Texts {
  locale: Locale;
  direction: 'ltr' | 'rtl';
  say(key: FlowKey, values?: Record<string, string | number>): string;
  tell(told: Told): string;
  /** `in 5 minutes` */
  when(seconds: number): string;
}

const deadlineMs = 3_000;

/** The texts in the language that is asked for. English is here; the others are fetched, once and kept by the browser. */
export async function loadTexts(api: string, requested: readonly string[], signal: AbortSignal): Promise<Texts> {
  const locale = matchLocale(requested);
  if (locale === 'en') return createTexts('en', english);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), deadlineMs);
  signal.addEventListener('abort', () => late.abort(), { once: true });
  try {
    const response = await fetch(`${api}/day-pass/${locale}.json`, { signal: late.signal, credentials: 'omit' });
    if (!response.ok) throw new Error(String(response.status));
    return createTexts(locale, { ...english, ...((await response.json()) as typeof english) });
  } catch {
    return createTexts('en', english); // Better in English than not at all.
  } finally {
    clearTimeout(timer);
  }
}

function createTexts(locale: Locale, catalogue: Readonly<Record<FlowKey, Message>>): Texts {
  const relative = new Intl.RelativeTimeFormat(locale);
  const texts: Texts = {
    locale,
    direction: directionOf(locale),
    say: (key, values) => formatMessage(locale, catalogue[key], values),
    tell: ({ key, count = 0, inSeconds = 0 }) => texts.say(key, { count, when: texts.when(inSeconds) }),
    when(seconds) {
      if (seconds < 100) return relative.format(Math.max(1, Math.ceil(seconds)), 'second');
      if (seconds < 100 * 60) return relative.format(Math.ceil(seconds / 60), 'minute');
      return relative.format(Math.ceil(seconds / 3600), 'hour');
    },
  };
  return texts;
}
