import { digestToken } from '@daypass/core/access/handover';
import type { Revocations } from '@daypass/core/access/revocations';
import { openNote, sealNote } from '@daypass/core/keys/sealed-note';
import type { SealingKeys } from '@daypass/core/keys/sealing-keys';
import type { Clock, RandomBytes } from '@daypass/core/ports';
import { longestPassSeconds } from '@daypass/core/sites/site';
import type { EndingRecords } from '@daypass/runtime/ending-records';
import { errors, type Adapter, type AdapterPayload, type ClientMetadata } from 'oidc-provider';

/** Twice the longest pass: a grant outlives the last token that was made from it. */
const longestSeconds = 2 * longestPassSeconds;

/** Tokens that end with the passes of their visitor. */
const revocable = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken']);

/** Ends that come together when a grant is taken back. */
const grouped = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken']);

/**
 * Where oidc-provider keeps what it has to remember: in Redis, each thing sealed, under a digest of its id, until its
 * own end. Clients are not kept: they are the sites.
 */
export function createSealedAdapter(dependencies: {
  records: EndingRecords;
  sealingKeys: SealingKeys;
  revocations: Pick<Revocations, 'include'>;
  clientOf: (id: string) => ClientMetadata | undefined;
  now: Clock;
  randomBytes: RandomBytes;
}): (model: string) => Adapter {
  const { records, sealingKeys, revocations, clientOf, now, randomBytes } = dependencies;

  return (model) => {
    const named = (id: string) => digestToken(`${model}:${id}`);
    // The record's own name is what it is bound to: found by another one it is known by its id.
    const opened = (name: string, text: string): AdapterPayload | undefined => {
      const note = openNote(sealingKeys, { purpose: 'oidc', id: name }, text, { now: now(), maxAgeSeconds: longestSeconds });
      return note === undefined ? undefined : (JSON.parse(note) as AdapterPayload);
    };

    async function read(name: string): Promise<AdapterPayload | undefined> {
      const found = await orUnavailable(() => records.read(name));
      const payload = found && opened(name, found.text);
      if (!payload || (revocable.has(model) && (await isRevoked(payload)))) return undefined;
      return found.usedAtMs === undefined ? payload : { ...payload, consumed: Math.floor(found.usedAtMs / 1000) };
    }

    async function isRevoked({ accountId, clientId, iat }: AdapterPayload): Promise<boolean> {
      if (accountId === undefined || clientId === undefined || iat === undefined) return true;
      return orUnavailable(() => revocations.include({ subject: accountId, site: clientId, issuedAt: new Date(iat * 1000) }));
    }

    return {
      async upsert(id, payload, expiresInSeconds = longestPassSeconds) {
        const name = named(id);
        const text = sealNote(sealingKeys, { purpose: 'oidc', id: name }, JSON.stringify(payload), now(), randomBytes);
        const forMs = Math.min(expiresInSeconds, longestSeconds) * 1000;
        const bonds = {
          group: grouped.has(model) && payload.grantId !== undefined ? digestToken(payload.grantId) : undefined,
          alias: model === 'Session' && payload.uid !== undefined ? digestToken(payload.uid) : undefined,
        };
        await orUnavailable(() => records.put(name, text, Math.max(1, forMs), bonds));
      },
      async find(id) {
        return model === 'Client' ? clientOf(id) : read(named(id));
      },
      async findByUid(uid) {
        const name = await orUnavailable(() => records.nameOf(digestToken(uid)));
        return name === undefined ? undefined : read(name);
      },
      // RFC 8628, which is off.
      findByUserCode: async () => undefined,
      async consume(id) {
        const first = await orUnavailable(() => records.use(named(id), now().getTime(), longestPassSeconds * 1000));
        // Of two that bring the same code at the same moment only one has found it unused and was also the first.
        if (!first) throw new errors.InvalidGrant('authorization code already consumed');
      },
      destroy: async (id) => orUnavailable(() => records.drop(named(id))),
      revokeByGrantId: async (grantId) => orUnavailable(() => records.dropGroup(digestToken(grantId))),
    };
  };
}

/** Without Redis nothing is decided: the caller is told to come again. */
async function orUnavailable<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'unavailable') {
      throw Object.assign(new errors.OIDCProviderError(503, 'temporarily_unavailable', { cause: error }), { expose: true });
    }
    throw error;
  }
}
