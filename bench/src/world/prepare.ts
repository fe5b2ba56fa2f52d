import { randomBytes } from 'node:crypto';
import type { CodeMailOrder } from '@daypass/core/codes/code-mail-order';
import { createIssueCode } from '@daypass/core/codes/issue-code';
import { createRequestCode } from '@daypass/core/codes/request-code';
import { digestCode } from '@daypass/core/keys/digest-code';
import { openStore, type Store } from '@daypass/core/store/open-store';
import { codeIssue } from '@daypass/jobs/code-issue';
import { createProducer, type Producer } from '@daypass/jobs/producer';
import type { CodeIssue } from '@daypass/jobs/code-issue';
import { Redis } from 'ioredis';
import type { Deployment } from './deployment.ts';
import { nextVisitor } from './visitors.ts';

/** A challenge that waits for its code, as it is after its mail was accepted. */
export interface OpenChallenge {
  id: string;
  code: string;
  /** What the database keeps of the code. */
  codeDigest: string;
}

const atOnce = 32;
const now = () => new Date();

/** Makes, with the product's own functions, what a measurement uses up. */
export async function makeOrders({ keys }: Deployment, count: number): Promise<CodeMailOrder[]> {
  const orders: CodeMailOrder[] = [];
  const requestCode = createRequestCode({
    ...keys,
    async spendAndOrder(_limits, _spending, order) {
      orders.push(order);
      return { verdict: 'spent', proven: false, network: { used: 1, relaxesInMs: 1 }, refund: async () => undefined };
    },
    now,
    randomBytes,
  });
  for (let made = 0; made < count; made += 1) await requestCode({ site: 'default', ...nextVisitor() });
  return orders;
}

export async function openChallenges(deployment: Deployment, count: number): Promise<OpenChallenge[]> {
  const { keys, mongodbUrl } = deployment;
  const store = openStore(mongodbUrl, () => undefined);
  await store.connected;
  await store.ready();
  const codes = new Map<string, string>();
  const issueCode = createIssueCode({
    ...keys,
    challenges: store.challenges,
    takeLease: async () => async () => undefined,
    handOver: async ({ id, envelope }) => {
      codes.set(id, envelope.code);
      return { accepted: true };
    },
    suppressions: { mayBeSuppressed: () => false, isSuppressed: store.suppressions.isSuppressed },
    imitateHandover: async () => ({ accepted: true }),
    now,
  });

  const orders = await makeOrders(deployment, count);
  const left = orders[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const order of left) await issueCode(order);
    }),
  );
  await store.close();
  return [...codes].map(([id, code]) => ({ id, code, codeDigest: digestCode(keys.sealingKeys, 'default', id, code) }));
}

/** Makes the indexes of a database. */
export async function makeIndexes({ mongodbUrl }: Deployment): Promise<void> {
  const store: Store = openStore(mongodbUrl, () => undefined);
  await store.connected;
  await store.ready();
  await store.close();
}

/** The queue, from outside: what fills it for a worker that is measured. */
export interface OrderQueue {
  /** Nobody takes a job until {@link release}. */
  hold(): Promise<void>;
  release(): Promise<void>;
  fill(orders: readonly CodeMailOrder[]): Promise<void>;
  close(): Promise<void>;
}

const fillBatch = 1_000;

export function openOrderQueue({ env }: Deployment): OrderQueue {
  const redis = new Redis(env['REDIS_URL'] ?? '');
  const producer: Producer<CodeIssue> = createProducer(codeIssue, redis);
  const { queue } = producer;
  return {
    hold: () => queue.pause(),
    release: () => queue.resume(),
    async fill(orders) {
      for (let from = 0; from < orders.length; from += fillBatch) {
        const payloads = orders.slice(from, from + fillBatch).map((order) => ({ v: 1 as const, ...order }));
        await queue.addBulk(payloads.map((data) => ({ name: codeIssue.name, data, opts: { jobId: codeIssue.idOf(data) } })));
      }
    },
    async close() {
      await producer.close();
      redis.disconnect();
    },
  };
}
