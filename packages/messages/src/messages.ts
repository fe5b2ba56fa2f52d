import type { Locale } from './locale.ts';
import * as ar from './locales/ar.ts';
import * as de from './locales/de.ts';
import * as en from './locales/en.ts';
import * as es from './locales/es.ts';
import * as fr from './locales/fr.ts';
import * as ja from './locales/ja.ts';
import * as ptBr from './locales/pt-br.ts';
import * as zhHans from './locales/zh-hans.ts';
import type { Translated } from './message.ts';

type Original = typeof en.mail & typeof en.flow & typeof en.page;

export type Catalogue = Translated<Original>;
export type MessageKey = keyof Original;

/** Everything that visitors are told, in mails, in the element and on the hosted pages. */
export const messages: Readonly<Record<Locale, Catalogue>> = {
  en: { ...en.mail, ...en.flow, ...en.page },
  de: { ...de.mail, ...de.flow, ...de.page },
  fr: { ...fr.mail, ...fr.flow, ...fr.page },
  es: { ...es.mail, ...es.flow, ...es.page },
  'pt-BR': { ...ptBr.mail, ...ptBr.flow, ...ptBr.page },
  ja: { ...ja.mail, ...ja.flow, ...ja.page },
  'zh-Hans': { ...zhHans.mail, ...zhHans.flow, ...zhHans.page },
  ar: { ...ar.mail, ...ar.flow, ...ar.page },
};

/** What the element says, apart: it fetches one of them. */
export const flows: Readonly<Record<Locale, Translated<typeof en.flow>>> = {
  en: en.flow,
  de: de.flow,
  fr: fr.flow,
  es: es.flow,
  'pt-BR': ptBr.flow,
  ja: ja.flow,
  'zh-Hans': zhHans.flow,
  ar: ar.flow,
};
