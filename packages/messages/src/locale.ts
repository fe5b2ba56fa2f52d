/** What there is a catalogue in. */
export const locales = ['en', 'de', 'fr', 'es', 'pt-BR', 'ja', 'zh-Hans', 'ar'] as const;

export type Locale = (typeof locales)[number];

/** Which way a language is written, for `dir`. */
export function directionOf(locale: string): 'ltr' | 'rtl' {
  return /^ar\b/i.test(locale) ? 'rtl' : 'ltr';
}
