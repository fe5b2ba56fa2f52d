/** A place in a file, as a person would write it down: `sites[1].limits.addressPerDay`. */
export interface Place {
  /**
   * Writes down what is wrong here, as the end of a sentence that begins with "… is". Nothing that the file says may be
   * part of it: it could be a secret.
   */
  complain: (mistake: string) => undefined;
  member: (key: string) => Place;
  entry: (index: number) => Place;
  /** Everything that is wrong so far, wherever. */
  mistakes: readonly string[];
}

/** The place at `path`, and those below it. What is wrong there goes to `mistakes`. */
export function placeAt(path: string, mistakes: string[]): Place {
  return {
    complain: (mistake) => void mistakes.push(`${path || 'The file'} is ${mistake}.`),
    member: (key) => placeAt(path === '' ? nameable(key) : `${path}.${nameable(key)}`, mistakes),
    entry: (index) => placeAt(`${path}[${index}]`, mistakes),
    mistakes,
  };
}

/** A key that may be a secret is not named: who gets an indentation wrong makes a key of a value. */
function nameable(key: string): string {
  return /^[A-Za-z][A-Za-z0-9_-]{0,31}$/.test(key) ? key : '(a member)';
}

/** Reads what a file says at a place. `undefined` when it is not what is wanted there, which has been said by then. */
export type Read<T> = (value: unknown, place: Place) => T | undefined;

export interface Field<T> {
  read: Read<T>;
  /** What it is when the file does not say. Without one it must be said. */
  fallback?: { value: T };
}
type Fields = Record<string, Field<unknown>>;
export type RecordOf<F extends Fields> = { [K in keyof F]: F[K] extends Field<infer T> ? T : never };

export function required<T>(read: Read<T>): Field<T> {
  return { read };
}

export function optional<T, F>(fallback: F, read: Read<T>): Field<T | F> {
  return { read, fallback: { value: fallback } };
}

/** A mapping of these members and no others. */
export function record<F extends Fields>(fields: F): Read<RecordOf<F>> {
  const read = draft(fields);
  return (value, place) => {
    const before = place.mistakes.length;
    const members = read(value, place);
    return place.mistakes.length === before ? (members as RecordOf<F>) : undefined;
  };
}

/** The same, without those of its members that are wrong. */
export function draft<F extends Fields>(fields: F): Read<Partial<RecordOf<F>>> {
  const known = Object.keys(fields).join(', ');
  return (value, place) => {
    if (!isMapping(value)) return place.complain(`${kindOf(value)}. It wants a mapping of ${known}`);
    for (const key of Object.keys(value)) {
      if (!Object.hasOwn(fields, key)) place.member(key).complain(`not known here. Known are ${known}`);
    }
    const members = Object.entries(fields).map(([key, field]) => [key, readField(value, key, field, place)]);
    return Object.fromEntries(members) as Partial<RecordOf<F>>;
  };
}

function readField(mapping: object, key: string, { read, fallback }: Field<unknown>, place: Place): unknown {
  const here = place.member(key);
  const value: unknown = Object.getOwnPropertyDescriptor(mapping, key)?.value;
  if (value !== undefined) return read(value, here);
  return fallback ? fallback.value : here.complain('missing');
}

/** A list of `min` to `max`, in which no text stands twice. */
export function listOf<T>(read: Read<T>, { min = 0, max }: { min?: number; max: number }): Read<T[]> {
  const wants = `a list of ${min === 0 ? 'at most' : `${min} to`} ${max}`;
  return (value, place) => {
    if (!Array.isArray(value)) return place.complain(`${kindOf(value)}. It wants ${wants}`);
    if (value.length < min || value.length > max) return place.complain(`${value.length} long. It wants ${wants}`);
    const texts = new Set<unknown>();
    return value.flatMap((given: unknown, index) => {
      const here = place.entry(index);
      const entry = read(given, here);
      if (texts.has(entry)) here.complain('in the list twice');
      if (typeof entry === 'string') texts.add(entry);
      return entry === undefined ? [] : [entry];
    });
  };
}

/** A text that `parse` understands. */
export function text<T>(wants: string, parse: (text: string) => T | undefined): Read<T> {
  return (value, place) => {
    if (typeof value !== 'string') return place.complain(`${quotable(value)}. It wants ${wants}`);
    const parsed = parse(value);
    return parsed === undefined ? place.complain(`malformed. It wants ${wants}`) : parsed;
  };
}

/** YAML takes `123456`, `1e5` and `true` for what they look like. */
function quotable(value: unknown): string {
  return ['number', 'boolean'].includes(typeof value) ? `${kindOf(value)}: in quotes it is a text` : kindOf(value);
}

export function integer(min: number, max: number): Read<number> {
  const wants = `a whole number from ${min} to ${max}`;
  return (value, place) => {
    if (typeof value !== 'number') return place.complain(`${kindOf(value)}. It wants ${wants}`);
    if (!Number.isInteger(value)) return place.complain(`no whole number. It wants ${wants}`);
    if (value < min || value > max) return place.complain(`too ${value < min ? 'small' : 'large'}. It wants ${wants}`);
    return value;
  };
}

export const yesOrNo: Read<boolean> = (value, place) =>
  typeof value === 'boolean' ? value : place.complain(`${kindOf(value)}. It wants true or false`);

export function oneOf<const T extends string | number>(...choices: T[]): Read<T> {
  const wants = `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
  return (value, place) =>
    choices.find((choice) => choice === value) ??
    place.complain(`${typeof value === typeof choices[0] ? 'none of the choices' : kindOf(value)}. It wants ${wants}`);
}

function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const kinds: Record<string, string> = { string: 'a text', number: 'a number', boolean: 'true or false', object: 'a mapping' };

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return kinds[typeof value] ?? 'nothing that a file can say';
}
