import { describe, expect, test } from 'vitest';
import { readAcceptLanguage } from './accept-language.ts';
import { formatMessage } from './format-message.ts';
import { directionOf, locales } from './locale.ts';
import { matchLocale } from './match-locale.ts';
import type { Message } from './message.ts';
import { messages, type MessageKey } from './messages.ts';

const keys = Object.keys(messages.en) as MessageKey[];
const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g))].toSorted();
const forms = (message: Message) => (typeof message === 'string' ? [message] : Object.values(message));

describe.each(locales)('the catalogue of %s', (locale) => {
  const catalogue = messages[locale];

  test('has every key, and no other', () => {
    expect(Object.keys(catalogue).toSorted()).toEqual(keys.toSorted());
  });

  test('has a text for every key, without blanks around it', () => {
    const untidy = keys.filter((key) => forms(catalogue[key]).some((text) => text === '' || text !== text.trim()));
    expect(untidy).toEqual([]);
  });

  test('fills in what the English one does', () => {
    const wanted = keys.map((key) => [key, placeholders(forms(messages.en[key]).join())]);
    // A form for one or two may say the number in words, so what counts is all forms together.
    expect(keys.map((key) => [key, placeholders(forms(catalogue[key]).join())])).toEqual(wanted);
  });

  test('has every form that the language has for numbers', () => {
    const categories = new Intl.PluralRules(locale).resolvedOptions().pluralCategories.toSorted();
    const plurals = keys.map((key) => catalogue[key]).filter((message) => typeof message !== 'string');
    expect(plurals).not.toHaveLength(0);
    for (const plural of plurals) expect(Object.keys(plural).toSorted()).toEqual(categories);
  });
});

test.each(locales.filter((locale) => locale !== 'en'))('the catalogue of %s says nothing in English', (locale) => {
  const same = keys.filter((key) => JSON.stringify(messages[locale][key]) === JSON.stringify(messages.en[key]));
  expect(same).toEqual([]);
});

describe('a message', () => {
  test('takes the form of its language for a number', () => {
    const lifetime = (locale: 'en' | 'ar', count: number) => formatMessage(locale, messages[locale]['mail.lifetime'], { count });
    expect(lifetime('en', 1)).toBe('It works once, for 1 minute.');
    expect(lifetime('en', 15)).toBe('It works once, for 15 minutes.');
    expect(lifetime('ar', 2)).toContain('دقيقتين');
    expect(lifetime('ar', 5)).toContain('دقائق');
  });

  test('takes a value as it is, whatever is in it', () => {
    expect(formatMessage('en', 'for {site}', { site: '$& {site} <b>' })).toBe('for $& {site} <b>');
  });

  test('keeps a placeholder that nothing is known of', () => {
    expect(formatMessage('en', '{toString} {site}', {})).toBe('{toString} {site}');
  });
});

describe('the language', () => {
  test.each([
    [['de-AT', 'en'], 'de'],
    [['pt-PT'], 'pt-BR'],
    [['zh-CN'], 'zh-Hans'],
    [['zh-TW', 'fr'], 'fr'],
    [['zh-TW'], 'zh-Hans'],
    [['nl', 'ja-JP'], 'ja'],
    [['ar-EG'], 'ar'],
    [['EN-gb'], 'en'],
    [['nl'], 'en'],
    [['', 'no such tag', '*'], 'en'],
    [[], 'en'],
  ])('for %j is %s', (requested, locale) => {
    expect(matchLocale(requested)).toBe(locale);
  });

  test('is that of the site where the visitor asks for none that there is', () => {
    expect(matchLocale(['nl'], 'fr')).toBe('fr');
  });

  test('is written the right way', () => {
    expect(locales.filter((locale) => directionOf(locale) === 'rtl')).toEqual(['ar']);
    expect(directionOf('ar-EG')).toBe('rtl');
  });
});

describe('Accept-Language', () => {
  test.each([
    ['fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5', ['fr-CH', 'fr', 'en', 'de']],
    ['en;q=0.2,de', ['de', 'en']],
    ['de;q=0, en', ['en']],
    ['de;q=abc, en;q=2, fr;q=', []],
    ['<script>, ../../etc', []],
    [undefined, []],
  ])('%j asks for %j', (header, tags) => {
    expect(readAcceptLanguage(header)).toEqual(tags);
  });

  test('is read only so far, however long it is', () => {
    expect(readAcceptLanguage('de,'.repeat(100_000))).toHaveLength(20);
  });
});
