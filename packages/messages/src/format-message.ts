import type { Message } from './message.ts';

/**
 * A message with its placeholders filled in. Of a plural the form is taken that the language has for `count`, and
 * numbers are written as in that language. What has no value stays as it is.
 */
export function formatMessage(locale: string, message: Message, values: Record<string, string | number> = {}): string {
  const count = values['count'];
  const text =
    typeof message === 'string'
      ? message
      : (message[new Intl.PluralRules(locale).select(Number(count))] ?? message.other);

  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (typeof value === 'number') return new Intl.NumberFormat(locale).format(value);
    return value ?? placeholder;
  });
}
