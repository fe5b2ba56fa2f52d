/** One variable of the environment: what it is called, what it wants, how it is read. */
export interface Variable<T> {
  name: string;
  /** Completes "PORT wants …". */
  wants: string;
  /**
   * The value, or `undefined` when the text is not what it wants. May throw an error that says more, or a ConfigurationError
   * that says all.
   */
  parse: (text: string) => T | undefined;
  /** What it is when it is not set. Without one it must be set. */
  fallback?: string;
  /** A secret may also be given as NAME_FILE, and its parser's errors never quote it. */
  secret?: boolean;
}

export const text = (value: string): string | undefined => value.trim() || undefined;

export function integer(min: number, max: number): (value: string) => number | undefined {
  return (value) => {
    const number = /^\d{1,9}$/.test(value.trim()) ? Number(value) : Number.NaN;
    return number >= min && number <= max ? number : undefined;
  };
}

export function oneOf<const T extends string>(...choices: T[]): (value: string) => T | undefined {
  return (value) => choices.find((choice) => choice === value.trim());
}

export function list(value: string): string[] {
  return value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** 1 or 0. */
export function flag(value: string): boolean | undefined {
  const digit = oneOf('0', '1')(value);
  return digit === undefined ? undefined : digit === '1';
}
