import type { Marks } from '@daypass/core/access/revocations';

/** Marks as Redis keeps them, for tests of the domain. They do not end. */
export function createMemoryMarks(): Marks {
  const marks = new Map<string, number>();
  return {
    put: async (name, value) => void marks.set(name, Math.max(value, marks.get(name) ?? 0)),
    read: async (names) => names.map((name) => marks.get(name)),
  };
}
