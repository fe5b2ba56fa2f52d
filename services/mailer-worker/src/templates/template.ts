import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Eta } from 'eta';

/** What a template is given, every text in the language of the mail. */
export interface TemplateValues {
  language: string;
  direction: 'ltr' | 'rtl';
  site: string;
  subject: string;
  /** In groups, as it is typed: `7Q4M-Z0XK`. */
  code: string;
  /** Character by character, for who has it read out. */
  spelled: string;
  greeting: string;
  label: string;
  lifetime: string;
  typing: string;
  ignore: string;
  minutes: number;
}

/** The two forms of a mail, compiled. */
export interface Template {
  text: (values: TemplateValues) => string;
  html: (values: TemplateValues) => string;
}

// Both read nothing while they run: a template includes no other.
const textEta = new Eta({ autoEscape: false, autoTrim: false });
const htmlEta = new Eta({ autoEscape: true, autoTrim: false });

/** Compiles the templates of a folder, `code.txt.eta` and `code.html.eta`. Throws what is wrong. */
export function readTemplate(folder: string): Template {
  const source = (name: string) => readFileSync(join(folder, name), 'utf8');
  const text = textEta.compile(source('code.txt.eta'));
  const html = htmlEta.compile(source('code.html.eta'));
  return { text: (values) => text.call(textEta, values), html: (values) => html.call(htmlEta, values) };
}

export const builtInTemplate: Template = readTemplate(join(import.meta.dirname, 'built-in'));
