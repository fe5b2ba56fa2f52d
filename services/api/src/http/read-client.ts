import { refuse, type Refusal } from '@daypass/core/errors';
import type { Credentials } from '@daypass/core/sites/check-credentials';
import type { FastifyRequest } from 'fastify';
import { basicCredentials } from './basic-credentials.ts';

/** The network address that a request counts for. */
export type Client = { ok: true; ip: string };

export type ReadClient = (
  request: FastifyRequest,
  said: { site: string; client?: { address: string } | undefined },
) => Promise<Client | Refusal>;

/**
 * Reads whom a request counts for: its peer, or who a backend of the site says its visitor is. Whoever signs in has to be
 * right, also where it would have been taken without.
 */
export function createReadClient(
  checkCredentials: (given: Credentials, asked: { site: string; ip: string }) => Promise<{ ok: true } | Refusal>,
): ReadClient {
  return async ({ ip, headers: { authorization } }, { site, client }) => {
    if (authorization === undefined) {
      if (client === undefined) return { ok: true, ip };
      return refuse('credentials_invalid', { detail: "`client` may only be sent by a backend that signs in with its site's secret." });
    }
    const given = basicCredentials(authorization);
    if (!given) return refuse('credentials_invalid');
    const checked = await checkCredentials(given, { site, ip });
    return checked.ok ? { ok: true, ip: client?.address ?? ip } : checked;
  };
}
