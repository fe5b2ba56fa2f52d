import { locales, type Locale } from './locale.ts';

const written = locales.map((locale) => ({ locale, ...likely(locale) }));

/**
 * The catalogue to speak in.
 *
 * The first language asked for that there is a catalogue of wins, if it is in the same script: who asks for Traditional
 * Chinese and then French gets French. When none is, the same language in another script is better than another one.
 *
 * @param requested BCP 47, the most wanted first; what is no such tag is passed over
 */
export function matchLocale(requested: readonly string[], fallback: Locale = 'en'): Locale {
  const [first] = requested;
  const same = locales.find((locale) => locale === first);
  if (same) return same; // Nearly always; to think about scripts takes 30 µs.
  const wanted = requested.map(likely).filter((tag) => tag !== undefined);
  for (const { language, script } of wanted) {
    const found = written.find((known) => known.language === language && known.script === script);
    if (found) return found.locale;
  }
  for (const { language } of wanted) {
    const found = written.find((known) => known.language === language);
    if (found) return found.locale;
  }
  return fallback;
}

/** Language and script, the likely one where none is named: `zh-TW` is written in `Hant`. */
function likely(tag: string): { language: string; script: string | undefined } | undefined {
  try {
    const { language, script } = new Intl.Locale(tag).maximize();
    return { language, script };
  } catch {
    return undefined;
  }
}
