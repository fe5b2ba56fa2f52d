/** One text for each form that a language has for numbers (CLDR). The form is chosen by `{count}`. */
export type Plural = { readonly [form in Intl.LDMLPluralRule]?: string } & { readonly other: string };

/** A text with `{placeholders}`. */
export type Message = string | Plural;

/** A catalogue with the keys of another one, and its kinds: where that has a text, a text; where a plural, a plural. */
export type Translated<Original extends Record<string, Message>> = {
  readonly [Key in keyof Original]: Original[Key] extends string ? string : Plural;
};
