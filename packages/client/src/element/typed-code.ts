/** The shape of a site's codes. */
export interface CodeShape {
  alphabet: 'alphanumeric' | 'numeric';
  length: number;
}

const separators = /[\s\p{Z}\p{Pd}\p{Cf}_.·]/gu;
const characters = { alphanumeric: /^[\p{Nd}a-z]+$/iu, numeric: /^[\p{Nd}oil]+$/iu };

/** Whether it can be meant as a code of this shape. What it is meant as, the API works out. */
export function hasShape(shape: CodeShape, typed: string): boolean {
  const compact = typed.normalize('NFKC').replace(separators, '');
  return compact.length === shape.length && characters[shape.alphabet].test(compact);
}

/**
 * The code in what was pasted, which may be the whole mail: all of it, a line of it, or a word that is no ordinary one.
 */
export function findCode(shape: CodeShape, pasted: string): string | undefined {
  const text = pasted.slice(0, 4000);
  const words = text.split(/\s+/).filter((word) => /[\p{Nd}\p{Pd}]/u.test(word));
  return [text, ...text.split('\n'), ...words].map((part) => part.trim()).find((part) => hasShape(shape, part));
}
