import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import vectors from '../../../../test/vectors/addresses.json' with { type: 'json' };
import { parseAddress } from './parse-address.ts';

describe('an address that is accepted', () => {
  test.each(vectors.accepted)('$why: $typed', ({ typed, delivery, key }) => {
    expect(parseAddress(typed)).toEqual({ delivery, key, domain: delivery.slice(delivery.lastIndexOf('@') + 1) });
  });

  test('reads the same again: its delivery form is an address with the same key', () => {
    for (const { delivery, key } of vectors.accepted) {
      expect(parseAddress(delivery)).toMatchObject({ delivery, key });
      expect(parseAddress(key)).toMatchObject({ key });
    }
  });

  test('has a domain of lower-case ASCII letters, digits, hyphens and dots, whatever was typed', () => {
    for (const { typed } of vectors.accepted) expect(parseAddress(typed)?.domain).toMatch(/^[a-z0-9.-]+$/);
  });
});

describe('what is no address', () => {
  test.each(vectors.refused)('$why', ({ typed }) => {
    expect(parseAddress(typed)).toBeUndefined();
  });

  const inside = (character: string) => [`a${character}b@example.com`, `ab@exam${character}ple.com`] as const;

  test('no character that does not show is accepted anywhere inside one', () => {
    const hidden = everyCharacter(0xffff).filter((character) => /[\p{C}\p{Z}\p{DI}]/u.test(character));
    expect(hidden.length).toBeGreaterThan(4_000);
    expect(hidden.flatMap(inside).filter((typed) => parseAddress(typed))).toEqual([]);
  });

  test('of ASCII only atext and the dot are accepted in a local part', () => {
    const accepted = everyCharacter(0x7f).filter((character) => parseAddress(inside(character)[0]));
    expect(accepted.join('')).toBe("!#$%&'*+-./0123456789=?ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz{|}~");
  });

  test('of ASCII only letters, digits, the hyphen and the dot are accepted in a domain', () => {
    const accepted = everyCharacter(0x7f).filter((character) => parseAddress(inside(character)[1]));
    expect(accepted.join('')).toBe('-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');
  });
});

describe('lengths are octets, not characters', () => {
  const domain = 'example.com';

  test('a local part of 64 octets is accepted, of 65 refused', () => {
    expect(parseAddress(`${'a'.repeat(64)}@${domain}`)).toBeDefined();
    expect(parseAddress(`${'a'.repeat(65)}@${domain}`)).toBeUndefined();
    expect(parseAddress(`${'é'.repeat(32)}@${domain}`)).toBeDefined();
    expect(parseAddress(`${'é'.repeat(32)}a@${domain}`)).toBeUndefined();
  });

  test('an address of 254 octets is accepted, of 255 refused', () => {
    expect(parseAddress(addressOf(254))?.delivery).toHaveLength(254);
    expect(parseAddress(addressOf(255))).toBeUndefined();
  });

  test('an international domain counts as it is sent, in ASCII', () => {
    const typed = (labels: number) => `a@${'例水木金土日月火.'.repeat(labels)}com`;
    expect(parseAddress(typed(4))).toBeDefined();
    expect(Buffer.byteLength(typed(9))).toBeLessThan(254);
    expect(parseAddress(typed(9))).toBeUndefined();
  });

  test('white space around it does not count', () => {
    expect(parseAddress(` ${addressOf(254)} `)).toBeDefined();
  });

  test('a megabyte is refused without being looked at', () => {
    expect(parseAddress(`${'a.'.repeat(500_000)}@example.com`)).toBeUndefined();
  });
});

test('what is told quickly is what is told slowly: white space around it takes the long way', () => {
  const piece = (letters: string, most: number) => fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: most });
  const address = fc
    .tuple(fc.array(piece('aZ09.+-_', 70), { minLength: 1, maxLength: 2 }), fc.array(piece('az09-xn', 66), { minLength: 1, maxLength: 5 }), piece('comx', 26))
    .map(([local, labels, top]) => `${local.join('.')}@${[...labels, top].join('.')}`);
  fc.assert(
    fc.property(address, (typed) => {
      expect(parseAddress(typed)).toEqual(parseAddress(` ${typed}`));
    }),
    { numRuns: 5_000 },
  );
});

/** An address of so many octets, its local part and labels within their own limits. */
function addressOf(octets: number): string {
  const label = 'a'.repeat(63);
  const rest = octets - 'local@'.length - 2 * (label.length + 1) - '.com'.length;
  const middle = `${'b'.repeat(Math.ceil(rest / 2) - 1)}.${'c'.repeat(Math.floor(rest / 2))}`;
  return `local@${label}.${label}.${middle}.com`;
}

function everyCharacter(last: number): string[] {
  return Array.from({ length: last + 1 }, (_, point) => String.fromCodePoint(point));
}
