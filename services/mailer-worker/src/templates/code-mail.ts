import { displayCode } from '@daypass/core/codes/code-format';
import type { CodeMail } from '@daypass/core/codes/issue-code';
import { formatMessage } from '@daypass/messages/format-message';
import { directionOf, type Locale } from '@daypass/messages/locale';
import { matchLocale } from '@daypass/messages/match-locale';
import { messages } from '@daypass/messages/messages';
import { builtInTemplate, type Template, type TemplateValues } from './template.ts';

export interface RenderedMail {
  /** BCP 47: what it is written in, which need not be what was asked for. */
  language: string;
  subject: string;
  text: string;
  html: string;
}

/** The language of a mail: the visitor's, or else the site's. */
export function languageOf({ site, envelope }: CodeMail): Locale {
  const fallback = matchLocale([site.locale]);
  return envelope.locale === undefined ? fallback : matchLocale([envelope.locale], fallback);
}

/** The mail that carries a code: no link, no image, nothing that tells the sender it was read. */
export function renderCodeMail(mail: CodeMail, template: Template = builtInTemplate): RenderedMail {
  const language = languageOf(mail);
  const values = valuesOf(mail, language);
  return { language, subject: values.subject, text: template.text(values), html: template.html(values) };
}

function valuesOf({ site, envelope }: CodeMail, language: Locale): TemplateValues {
  const catalogue = messages[language];
  // Whole minutes, rounded down: nobody is promised a minute that there is not.
  const minutes = Math.max(1, Math.floor(site.codeTtlSeconds / 60));
  const say = (key: keyof typeof catalogue) => formatMessage(language, catalogue[key], { site: site.name, count: minutes });
  const code = displayCode(site.codeFormat, envelope.code);
  return {
    language,
    direction: directionOf(language),
    site: site.name,
    subject: site.codeInSubject ? `${code} · ${say('mail.subject')}` : say('mail.subject'),
    code,
    spelled: spell(code),
    greeting: say('mail.greeting'),
    label: say('mail.codeLabel'),
    lifetime: say('mail.lifetime'),
    typing: say(site.codeFormat.alphabet === 'numeric' ? 'mail.typingDigits' : 'mail.typingLetters'),
    ignore: say('mail.ignore'),
    minutes,
  };
}

/** `7 Q 4 M, Z 0 X K`: a pause between the groups, and nothing that is read as a word. */
export function spell(shown: string): string {
  return shown
    .split(/[ -]/)
    .map((group) => [...group].join(' '))
    .join(', ');
}
