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

  test('no character that does not show is accepted anywhere inside one', () => {
    const hidden = [...everyCharacter()].filter((character) => /[\p{C}\p{Z}\p{DI}]/u.test(character));
    expect(hidden.length).toBeGreaterThan(4_000);
    for (const character of hidden) {
      expect(parseAddress(`a${character}b@example.com`), escapeOf(character)).toBeUndefined();
      expect(parseAddress(`ab@exam${character}ple.com`), escapeOf(character)).toBeUndefined();
    }
  });

  test('no ASCII character outside atext is accepted in a local part', () => {
    for (let code = 0; code < 128; code += 1) {
      const character = String.fromCharCode(code);
      const allowed = /[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.]/.test(character);
      expect(parseAddress(`a${character}b@example.com`) !== undefined, escapeOf(character)).toBe(allowed);
    }
  });

  test('no ASCII character but a letter, a digit, a hyphen or a dot is accepted in a domain', () => {
    for (let code = 0; code < 128; code += 1) {
      const character = String.fromCharCode(code);
      const allowed = /[A-Za-z0-9.-]/.test(character);
      expect(parseAddress(`ab@exam${character}ple.com`) !== undefined, escapeOf(character)).toBe(allowed);
    }
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

/** An address of so many octets, its local part and labels within their own limits. */
function addressOf(octets: number): string {
  const label = 'a'.repeat(63);
  const rest = octets - 'local@'.length - 2 * (label.length + 1) - '.com'.length;
  const middle = `${'b'.repeat(Math.ceil(rest / 2) - 1)}.${'c'.repeat(Math.floor(rest / 2))}`;
  return `local@${label}.${label}.${middle}.com`;
}

function* everyCharacter(): Generator<string> {
  for (let point = 0; point <= 0xffff; point += 1) yield String.fromCodePoint(point);
}

function escapeOf(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
