import type { SealingKeys } from '../keys/sealing-keys.ts';
import type { RandomBytes } from '../ports.ts';
import type { Enrolment } from './enrolment.ts';
import { openEnrolment, sealEnrolment } from './enrolment-seal.ts';

/** What re-sealing asks of the store. */
export interface Resealing {
  /** Enrolments sealed under one of these keys, by id, after the id `after`. */
  sealedWith(kids: readonly string[], after: string, limit: number): Promise<Enrolment[]>;
  /** Puts each new seal in the place of the old one, unless somebody else has. How many it put. */
  reseal(seals: readonly NewSeal[]): Promise<number>;
  /** How many are sealed under another key than this. */
  notSealedWith(kid: string): Promise<number>;
}

export interface NewSeal {
  id: string;
  old: string;
  sealed: string;
  sealedWith: string;
}

/** A batch of re-sealing. */
export interface ResealedBatch {
  resealed: number;
  /** How many did not open, and were left as they are. */
  unopened: number;
  more: boolean;
}

/**
 * Seals anew, batch by batch, what is sealed under a key that is no longer the active one. It goes through by id and
 * begins again at the end; what it did stays done when it is stopped, and several may do it at once.
 */
export function createResealEnrolments(dependencies: {
  enrolments: Resealing;
  sealingKeys: SealingKeys;
  randomBytes: RandomBytes;
}): (limit: number) => Promise<ResealedBatch> {
  const { enrolments, sealingKeys, randomBytes } = dependencies;
  const oldKids = sealingKeys.all.filter(({ kid }) => kid !== sealingKeys.active.kid).map(({ kid }) => kid);
  let position = '';

  return async (limit) => {
    if (oldKids.length === 0) return { resealed: 0, unopened: 0, more: false };
    const batch = await enrolments.sealedWith(oldKids, position, limit);
    position = batch.length === limit ? (batch.at(-1)?.id ?? '') : '';
    const seals = batch.map(sealAnew).filter((anew) => anew !== undefined);
    return {
      resealed: seals.length > 0 ? await enrolments.reseal(seals) : 0,
      unopened: batch.length - seals.length,
      more: batch.length === limit,
    };
  };

  function sealAnew(enrolment: Enrolment): NewSeal | undefined {
    const secret = openEnrolment(sealingKeys, enrolment);
    if (!secret || enrolment.sealed === undefined) return undefined;
    return { id: enrolment.id, old: enrolment.sealed, ...sealEnrolment(sealingKeys, enrolment, secret, randomBytes) };
  }
}
