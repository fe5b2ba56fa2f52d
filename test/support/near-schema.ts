import fc from 'fast-check';
import { anything } from './fuzz.ts';

/** What the reference says of a value that somebody sends. */
export interface Schema {
  type?: string;
  enum?: unknown[];
  anyOf?: Schema[];
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  properties?: Record<string, Schema>;
  required?: string[];
}

export interface Near {
  /** What is right in its place by more than its schema, by the name of the member. */
  fitting: Record<string, fc.Arbitrary<unknown>>;
  /** Is in every text that may hold it. */
  mark: string;
}

/** Values on both sides of what a schema takes: of the members of an object one at most is wrong. */
export function near(schema: Schema, options: Near, name = ''): fc.Arbitrary<unknown> {
  const right = rightFor(schema, options, name);
  const wrong = wrongFor(schema, right, options);
  return fc.oneof(right, wrong);
}

function rightFor(schema: Schema, options: Near, name = ''): fc.Arbitrary<unknown> {
  const { anyOf, type, properties = {}, required = [] } = schema;
  const fitting = options.fitting[name];
  if (fitting) return fitting;
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (anyOf) return fc.oneof(...anyOf.map((one) => rightFor(one, options)));
  if (type === 'string') return textFor(schema, options);
  // A kind of value that the reference has learned: somebody has to say what is at its edges.
  if (type !== 'object') throw new Error(`nothing is known of ${JSON.stringify(schema)}`);
  const members = Object.entries(properties).map(([member, its]) => [member, rightFor(its, options, member)] as const);
  return fc.record(Object.fromEntries(members), { requiredKeys: required });
}

function textFor({ format, pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY }: Schema, { mark }: Near): fc.Arbitrary<string> {
  if (format === 'ipv4') return fc.ipV4();
  if (format === 'ipv6') return fc.ipV6();
  if (format !== undefined) throw new Error(`nothing is known of ${format}`);
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  const text = fc.string({ unit: 'binary', minLength, maxLength: Math.min(maxLength, 64) });
  return mark.length > maxLength ? text : fc.oneof(text, text.map((value) => (mark + value).slice(0, maxLength)));
}

function wrongFor(schema: Schema, right: fc.Arbitrary<unknown>, options: Near): fc.Arbitrary<unknown> {
  const { mark } = options;
  const members = Object.entries(schema.properties ?? {});
  const ofAnotherType = fc.oneof(right.map((value) => [value]), right.map((value) => ({ value, toString: value })), anything);
  if (members.length === 0) return fc.oneof({ weight: 3, arbitrary: edgeOf(schema, right, options) }, { weight: 2, arbitrary: ofAnotherType });

  const oneWrong = fc.constantFrom(...members).chain(([name, member]) => {
    const fits = rightFor(member, options, name);
    // What its schema takes, and no more is known of.
    const wrong = fc.oneof(rightFor(member, options), wrongFor(member, fits, options));
    return fc.tuple(right, wrong).map(([value, other]) => ({ ...(value as object), [name]: other }));
  });
  const oneMore = fc.tuple(right, fc.constantFrom(mark, '', 'toString', 'length', 'id'), anything).map(([value, name, more]) => ({ ...(value as object), [name]: more }));
  const oneLess = fc.tuple(right, fc.constantFrom(...members)).map(([value, [name]]) => ({ ...(value as object), [name]: undefined }));
  return fc.oneof({ weight: 6, arbitrary: oneWrong }, oneMore, oneLess, ofAnotherType);
}

/** At a bound, one past it, and what looks like a right value and is none. */
function edgeOf({ minLength = 0, maxLength = 64 }: Schema, right: fc.Arbitrary<unknown>, { mark }: Near): fc.Arbitrary<unknown> {
  const lengths = [0, minLength - 1, minLength, minLength + 1, maxLength - 1, maxLength, maxLength + 1].filter((length) => length >= 0);
  const long = fc.tuple(fc.constantFrom(mark, 'a', '9', '-', 'é', '\u{1f511}'), fc.constantFrom(...lengths)).map(([text, length]) => text.repeat(length).slice(0, length));
  const spoilt = fc.tuple(right, fc.constantFrom('\n', '\0', ' ', '\u2028', '/', '.', mark)).map(([value, end]) => `${asText(value)}${end}`);
  return fc.oneof(long, spoilt, right.map((value) => asText(value).toUpperCase()));
}

/** As it can stand in a header or a query. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value.toWellFormed() : (JSON.stringify(value) ?? '');
}
