import type { Model } from 'mongoose';
import type { SuppressionStore } from '../codes/suppression.ts';
import { isDuplicate, reach } from './reach.ts';
import type { SuppressionDocument } from './suppression-model.ts';

/** Suppressed addresses in MongoDB. Single-document operations only. */
export function createSuppressionStore(model: Model<SuppressionDocument>): SuppressionStore {
  return {
    async suppress(addressDigest, now, until) {
      const update = { $max: { purgeAt: until }, $setOnInsert: { since: now } };
      const put = (upsert: boolean) => reach(() => model.updateOne({ _id: addressDigest }, update, { upsert }));
      // Two at the same moment: one of them finds the other's.
      await put(true).catch((error: unknown) => (isDuplicate(error) ? put(false) : Promise.reject(error)));
    },

    async isSuppressed(addressDigest, now) {
      const found = await reach(() => model.findOne({ _id: addressDigest, purgeAt: { $gt: now } }, { _id: 1 }).lean());
      return found !== null;
    },

    async describe(now, limit) {
      const found = await reach(() => model.find({ purgeAt: { $gt: now } }).sort({ purgeAt: 1 }).limit(limit).lean());
      return found.map(({ _id, since, purgeAt }) => ({ addressDigest: _id, since, until: purgeAt }));
    },

    async lift(addressDigest) {
      const { deletedCount } = await reach(() => model.deleteOne({ _id: addressDigest }));
      return deletedCount === 1;
    },

    async list({ after, limit, since }) {
      const wanted = { _id: { $gt: after }, ...(since && { since: { $gte: since } }) };
      const found = await reach(() => model.find(wanted, { _id: 1 }).sort({ _id: 1 }).limit(limit).lean());
      return found.map(({ _id }) => _id);
    },
  };
}
