import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection, STATES, type Connection } from 'mongoose';
import type { ChallengeStore } from '../codes/challenge.ts';
import type { SuppressionStore } from '../codes/suppression.ts';
import { DaypassError } from '../errors.ts';
import type { EnrolmentStore } from '../totp/enrolment.ts';
import type { Resealing } from '../totp/reseal-enrolments.ts';
import { challengeModel } from './challenge-model.ts';
import { createChallengeStore } from './challenge-store.ts';
import { enrolmentModel } from './enrolment-model.ts';
import { createEnrolmentStore } from './enrolment-store.ts';
import { oldestPurgeAt, purgeDue, type PurgedBatch } from './purge-due.ts';
import { reach } from './reach.ts';
import { describeDatabase, takeInventory, type Inventory } from './inventory.ts';
import { suppressionModel } from './suppression-model.ts';
import { createSuppressionStore } from './suppression-store.ts';
import { watchConnection, type OnConnection } from './watch-connection.ts';
import { maxConnections, watchPool, type PoolReading } from './watch-pool.ts';

/** A database that may come later, go away and come back. */
export interface Store {
  challenges: ChallengeStore;
  enrolments: EnrolmentStore & Resealing;
  suppressions: SuppressionStore;
  /** Deletes what is due, the oldest first, some `limit` documents. */
  purgeChallenges(now: Date, limit: number): Promise<PurgedBatch>;
  /** When the challenge that is due first is due. */
  oldestPurgeAt(): Promise<Date | undefined>;
  /** The same for enrolments. */
  purgeEnrolments(now: Date, limit: number): Promise<PurgedBatch>;
  oldestEnrolmentPurgeAt(): Promise<Date | undefined>;
  /** The same for suppressions. */
  purgeSuppressions(now: Date, limit: number): Promise<PurgedBatch>;
  oldestSuppressionPurgeAt(): Promise<Date | undefined>;
  /** Deletes what is kept of an address, and of a visitor. How much that was. */
  forgetChallenges(addressDigest: string): Promise<number>;
  forgetEnrolments(holderDigests: readonly string[]): Promise<number>;
  /** How much there is of each kind, and what of it ends first. */
  inventory(): Promise<Inventory[]>;
  /** What the database says of itself. */
  describe(): Promise<{ version: string; writeConcern: string | number | undefined }>;
  /** Resolves when the database has been reached for the first time, or will not be any more. */
  connected: Promise<void>;
  /** Resolves when the database answers and has its indexes. Rejects with what is wrong. */
  ready(): Promise<void>;
  /** How its connections are used at this moment. */
  pool(): PoolReading;
  close(): Promise<void>;
}

/** How long a connection may be silent before it is given up. {@link reach} sees to the whole operation. */
const socketTimeoutMs = 5_000;
const connectTimeoutMs = 2_000;
/** How long an operation looks for a server that is not there: requests must not pile up behind it. */
const serverSelectionTimeoutMs = 800;
/** How long an operation waits for its turn when all connections are busy: a burst is not an outage. */
const waitQueueTimeoutMs = 2_500;
const reconnectPauseMs = 1_000;

/**
 * Connects in the background and keeps at it, so that a process starts without its database and recovers when it
 * appears. Until then every operation fails within a second.
 *
 * @param onConnection told each time that the database is reached, and each time that it is not, with why
 */
export function openStore(url: string, onConnection: OnConnection): Store {
  const connection = createConnection();
  const model = challengeModel(connection);
  const enrolments = enrolmentModel(connection);
  const suppressions = suppressionModel(connection);
  const stopping = new AbortController();
  let indexed: Promise<unknown> | undefined;
  let pool = (): PoolReading => ({ inUse: 0, waiting: 0 });

  const watch = watchConnection(connection, onConnection);
  const connected = keepConnecting(connection, url, stopping.signal, () => {
    pool = watchPool(connection);
    watch.opened();
  });
  // Readiness asks again, so a failure here is only news.
  void connected.then(ensureIndexes).catch(() => undefined);

  async function ensureIndexes(): Promise<void> {
    indexed ??= reach(() => Promise.all([model, enrolments, suppressions].map((each) => each.createIndexes()))).then(() => onConnection('reached'));
    await indexed.catch((error: unknown) => {
      indexed = undefined; // Asked again next time.
      // That it is away is told by the connection.
      if (!(error instanceof DaypassError)) onConnection('indexes not made', error);
      throw error;
    });
  }

  return {
    ...createChallengeStore(model),
    enrolments: createEnrolmentStore(enrolments),
    purgeEnrolments: (now, limit) => purgeDue(enrolments, now, limit),
    oldestEnrolmentPurgeAt: () => oldestPurgeAt(enrolments),
    suppressions: createSuppressionStore(suppressions),
    purgeSuppressions: (now, limit) => purgeDue(suppressions, now, limit),
    oldestSuppressionPurgeAt: () => oldestPurgeAt(suppressions),
    async forgetChallenges(addressDigest) {
      return (await reach(() => model.deleteMany({ addressDigest }))).deletedCount;
    },
    async forgetEnrolments(holderDigests) {
      return (await reach(() => enrolments.deleteMany({ holderDigest: { $in: [...holderDigests] } }))).deletedCount;
    },
    inventory: () =>
      Promise.all([
        takeInventory('challenges', model, ({ issuedAt }) => issuedAt),
        takeInventory('enrolments', enrolments, ({ createdAt }) => createdAt),
        takeInventory('suppressions', suppressions, ({ since }) => since),
      ]),
    describe: () => describeDatabase(connection),
    connected,
    async ready() {
      if (connection.readyState !== STATES.connected) throw new Error('not reached', { cause: watch.trouble() });
      await reach(async () => connection.db?.command({ ping: 1 }));
      await ensureIndexes();
    },
    pool: () => pool(),
    async close() {
      stopping.abort();
      await connected;
      await connection.close(true);
    },
  };
}

async function keepConnecting(
  connection: Connection,
  url: string,
  stopping: AbortSignal,
  onOpened: () => void,
): Promise<void> {
  while (!stopping.aborted) {
    try {
      await connection.openUri(url, {
        appName: 'daypass',
        bufferCommands: false,
        autoIndex: false,
        autoCreate: false,
        maxPoolSize: maxConnections,
        serverSelectionTimeoutMS: serverSelectionTimeoutMs,
        waitQueueTimeoutMS: waitQueueTimeoutMs,
        connectTimeoutMS: connectTimeoutMs,
        socketTimeoutMS: socketTimeoutMs,
      });
      onOpened();
      return; // From here on the driver reconnects by itself.
    } catch {
      await sleep(reconnectPauseMs, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
}
