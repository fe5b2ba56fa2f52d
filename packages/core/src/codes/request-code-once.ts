import { parseAddress } from '../address/parse-address.ts';
import { DaypassError, refuse, type Refusal } from '../errors.ts';
import type { IndexKey } from '../keys/index-key.ts';
import { mac } from '../keys/mac.ts';
import type { Site } from '../sites/site.ts';
import type { Sites } from '../sites/sites.ts';
import type { CodeTicket } from './code-mail-order.ts';
import type { RequestCodeInput } from './request-code.ts';

/** How a request that bears a name begins. */
export type Begun =
  /** Nobody has had it, or is at it: until one of these is called it is ours. */
  | { state: 'first'; remember: (answer: string) => Promise<void>; forget: () => Promise<void> }
  | { state: 'answered'; answer: string }
  /** The name was given to another request. */
  | { state: 'mismatch' };

/**
 * Begins a request, or waits for the answer that somebody else is about to give to the same. `name` and `fingerprint`
 * are digests. Throws an error with `code: 'unavailable'` when that cannot be known in time.
 */
export type BeginOnce = (name: string, fingerprint: string) => Promise<Begun>;

/** A name that a client made for its request, and the request as it was written. */
export interface Repeatable {
  key: string;
  body: string;
}

/**
 * Takes a request for a code once, however often it is made: the same name for the same address at the same site gets
 * the first answer again, and nothing is spent. What was refused, or not taken on, is not remembered.
 */
export function createRequestCodeOnce(dependencies: {
  sites: Sites;
  indexKey: IndexKey;
  beginOnce: BeginOnce;
  requestCode: (input: RequestCodeInput) => Promise<CodeTicket | Refusal>;
}): (input: RequestCodeInput, repeatable: Repeatable) => Promise<(CodeTicket & { repeated?: true }) | Refusal> {
  const { sites, indexKey, beginOnce, requestCode } = dependencies;

  return async (input, { key, body }) => {
    const site = sites.byId(input.site);
    const address = parseAddress(input.email);
    if (!site || !address) return requestCode(input); // Which says what is wrong.

    const name = mac(indexKey.idempotency, ['name', site.id, address.key, key]);
    const begun = await beginOnce(name, mac(indexKey.idempotency, ['body', body]));
    if (begun.state === 'mismatch') return refuse('idempotency_mismatch');
    if (begun.state === 'answered') return { ...readTicket(site, begun.answer), repeated: true };
    try {
      const asked = await requestCode(input);
      await (asked.ok ? begun.remember(writeTicket(asked)) : begun.forget()).catch(() => undefined); // It ends by itself.
      return asked;
    } catch (error) {
      await begun.forget().catch(() => undefined);
      throw error;
    }
  };
}

/** Everything that the answer says, which is nothing that has to be kept secret from who keeps it. */
function writeTicket({ id, site, expiresInSeconds, resendInSeconds }: CodeTicket): string {
  const { alphabet, length } = site.codeFormat;
  return [id, expiresInSeconds, resendInSeconds, length, alphabet].join('.');
}

/** The code has the shape that the site's codes had when it was made. */
function readTicket(site: Site, answer: string): CodeTicket {
  const [id = '', expiresIn, resendIn, length, alphabet] = answer.split('.');
  if (alphabet !== 'alphanumeric' && alphabet !== 'numeric') {
    throw new DaypassError('unavailable', 'a remembered answer is not one of ours');
  }
  return {
    ok: true,
    id,
    site: { ...site, codeFormat: { alphabet, length: Number(length) } },
    expiresInSeconds: Number(expiresIn),
    resendInSeconds: Number(resendIn),
  };
}
