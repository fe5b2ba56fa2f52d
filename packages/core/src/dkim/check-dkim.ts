import { publicPartOf, type DkimKey } from './dkim-key.ts';

export type DkimFinding =
  | { found: 'right' }
  /** Every mail that is signed so looks forged. */
  | { found: 'wrong'; problem: string }
  /** Nobody answered: nothing is known. */
  | { found: 'unknown'; problem: string };

/** What DNS says when there is no such name, or no such record of it. */
const absent = new Set(['ENOTFOUND', 'ENODATA']);

/**
 * Compares a key with what is published for it in DNS: a signature that does not verify is worse than none.
 *
 * @param resolveTxt the TXT records of a name, each in its pieces
 */
export async function checkDkim(
  domain: string,
  key: DkimKey,
  resolveTxt: (name: string) => Promise<string[][]>,
): Promise<DkimFinding> {
  const name = `${key.selector}._domainkey.${domain}`;
  let records: string[];
  try {
    records = (await resolveTxt(name)).map((pieces) => pieces.join(''));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!absent.has(code)) return { found: 'unknown', problem: `${name} could not be asked of DNS` };
    return { found: 'wrong', problem: `${name} has no record in DNS: publish the key, or do not sign` };
  }
  const published = records.map((record) => tagsOf(record)).find((tags) => tags.has('p'));
  if (!published) return { found: 'wrong', problem: `${name} has no DKIM record in DNS` };
  if (published.get('p') === '') return { found: 'wrong', problem: `${name} says that the key was revoked` };
  const type = published.get('k') ?? 'rsa';
  if (type !== key.algorithm.split('-')[0] || published.get('p') !== publicPartOf(key)) {
    return { found: 'wrong', problem: `${name} publishes another key than DKIM_KEY: every signature would be refused` };
  }
  return { found: 'right' };
}

function tagsOf(record: string): Map<string, string> {
  return new Map(
    record.split(';').flatMap((tag) => {
      const [, name, value] = /^\s*(\w+)\s*=([\s\S]*)$/.exec(tag) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value.replaceAll(/\s+/g, '')] as const];
    }),
  );
}
