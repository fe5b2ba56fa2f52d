import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { RandomBytes } from '../ports.ts';

export const saltBytes = 16;

/** Values under one key: random nonces of 96 bits repeat among so many with a chance of 2^-65. */
const batchSize = 2 ** 16;

/** Derived keys that are kept: those of the processes that seal at the moment, and some of before. */
const mostKept = 256;

interface Batch {
  salt: Uint8Array;
  key: KeyObject;
  left: number;
}
const batches = new WeakMap<KeyObject, Batch>();
const derived = new WeakMap<KeyObject, Map<string, KeyObject>>();

/** The batch that this process seals into. Its salt is drawn at the first value, and anew when the batch is full. */
export function currentBatch(sealingKey: KeyObject, randomBytes: RandomBytes): Omit<Batch, 'left'> {
  let batch = batches.get(sealingKey);
  if (!batch || batch.left === 0) {
    const salt = randomBytes(saltBytes);
    batch = { salt, key: batchKey(sealingKey, salt), left: batchSize };
    batches.set(sealingKey, batch);
  }
  batch.left -= 1;
  return batch;
}

/**
 * The key of the batch with this salt: HMAC-SHA-256 under the sealing key. A KeyObject, because a cipher takes 28 µs to
 * begin with the bytes of a key, and 3 µs with one of these; kept, because it takes 10 µs to make.
 */
export function batchKey(sealingKey: KeyObject, salt: Uint8Array): KeyObject {
  const kept = derived.get(sealingKey) ?? new Map<string, KeyObject>();
  derived.set(sealingKey, kept);
  const name = Buffer.from(salt).toString('latin1');
  const key = kept.get(name) ?? createSecretKey(createHmac('sha256', sealingKey).update(salt).digest());
  kept.set(name, key);
  const [oldest] = kept.keys();
  if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
  return key;
}
