import { codeIssue } from '@daypass/jobs/code-issue';
import { createProducer } from '@daypass/jobs/producer';
import { readQueue } from '@daypass/jobs/read-queue';
import type { CaughtMail } from '@daypass/tools/catcher/start-catcher';
import type { System } from './system.ts';
import { codeIn } from './visitor.ts';

/** What became of one 202. */
interface Entry {
  email: string;
  acceptedAt: number;
  mailAt?: number;
  /** `let in`; or `used unheard`: the code worked, and the answer that said so was lost on the way. */
  end?: 'let in' | 'used unheard';
  /** What went wrong for this visitor, where something did. */
  wrong?: string;
}

/** One line of the table. Times in seconds. */
export interface Row {
  case: string;
  accepted: number;
  delivered: number;
  duplicates: number;
  lost: number;
  /** Visitors who were mailed more different codes than they were told 202. */
  'two codes': number;
  /** From the end of a fault until a request was taken and a mail that came after it let its visitor in; the worst. */
  'worst recovery': number | undefined;
  /** From the end of the last fault until every process had shown that it works. */
  'all well': number | undefined;
  /** From a 202 to its mail; the worst. */
  'longest wait': number;
  'used unheard': number;
  '503s': number;
  /** Requests that broke off without an answer. */
  unanswered: number;
  /** Requests for a code among these two: each was answered 503, or not at all. */
  'not taken': number;
  /** Visitors who were told 429, and never 202, after a request that was not taken. */
  'turned away': number;
  /** Mails of a challenge that no 202 announced: its answer was lost, or was a 503. */
  unannounced: number;
}

interface Recovery {
  endedAt: number;
  acceptedAt?: number;
  letInAt?: number;
}

const drainDeadlineMs = 120_000;

/** Keeps account of every request for a code, from its 202 to its end. */
export function createBooks() {
  const entries = new Map<string, Entry>();
  const recoveries: Recovery[] = [];
  const unexpected: string[] = [];
  let allWellAt: number | undefined;
  const counts = { unavailable: 0, unanswered: 0, notTaken: 0 };
  /** Whose request was not taken, and who was told 429 after that: their addresses. */
  const refused = new Set<string>();
  const limited = new Set<string>();
  const change = (id: string, members: Partial<Entry>): void => {
    const entry = entries.get(id);
    if (entry) Object.assign(entry, members);
  };

  return {
    entries,
    counts,
    accepted(id: string, email: string) {
      const at = performance.now();
      entries.set(id, { email, acceptedAt: at });
      for (const recovery of recoveries) recovery.acceptedAt ??= at;
    },
    notTaken(email: string) {
      counts.notTaken += 1;
      refused.add(email);
    },
    limited: (email: string) => void (refused.has(email) && limited.add(email)),
    /** The first mail of the challenge has come. */
    mailed: (id: string) => change(id, { mailAt: performance.now() }),
    letIn(id: string) {
      change(id, { end: 'let in' });
      const mailAt = entries.get(id)?.mailAt ?? 0;
      for (const recovery of recoveries) {
        if (mailAt > recovery.endedAt) recovery.letInAt ??= performance.now();
      }
    },
    usedUnheard: (id: string) => change(id, { end: 'used unheard' }),
    wentWrong: (id: string, wrong: string) => change(id, { wrong }),
    /** An answer that nobody should ever get. */
    unexpected: (what: string) => void unexpected.push(what),
    /** A fault is over, now. */
    faultEnded: () => void recoveries.push({ endedAt: performance.now() }),
    /** Whether every fault so far has been followed by a request that was taken and a visitor who got in. */
    recovered: () => recoveries.every(({ acceptedAt, letInAt }) => acceptedAt && letInAt),
    /** Every process has shown that it works, now. */
    allWell: () => void (allWellAt = performance.now()),

    /** Waits for the queue to run empty, and counts everything together. */
    async close(name: string, system: System): Promise<{ row: Row; complaints: string[] }> {
      const complaints = [...unexpected, ...(await queueComplaints(system)), ...(await documentComplaints(system, entries))];
      const mails = Map.groupBy(system.catcher.mails(), challengeOf);
      const inboxes = Map.groupBy(system.catcher.mails(), recipientOf);
      const lost = [...entries].filter(([, { end }]) => end === undefined);
      const taken = Map.groupBy(entries.values(), ({ email }) => email);
      const twoCodes = [...inboxes].filter(([email, got]) => codesIn(got) > Math.max(1, taken.get(email)?.length ?? 0));
      const turnedAway = [...limited].filter((email) => !taken.has(email));
      const unannounced = [...mails].filter(([id]) => !entries.has(id));
      const unanswered = recoveries.filter(({ acceptedAt, letInAt }) => !acceptedAt || !letInAt);

      complaints.push(
        ...lost.map(([id, { wrong }]) => `lost: ${id}: ${wrong ?? 'no end'}`),
        ...[...entries].flatMap(([id, { end, wrong }]) => (end && wrong ? [`${id}: ${end}, but ${wrong}`] : [])),
        ...[...mails].filter(([, copies]) => codesIn(copies) > 1).map(([id]) => `two codes: ${id}`),
        // Not even who was not told 202 and asked again: what they had ordered is taken back, or all they get.
        ...twoCodes.map(([email]) => `two codes: ${email}`),
        // An order whose answer was lost may have been made all the same. Nobody else may get a mail that they were not told of.
        ...unannounced.filter(([, copies]) => !copies.every((mail) => refused.has(recipientOf(mail)))).map(([id]) => `unannounced: ${id}`),
        ...turnedAway.filter((email) => !inboxes.has(email)).map((email) => `turned away, and no mail: ${email}`),
        ...astray(mails, entries),
        ...unanswered.map(() => 'nobody got in after a fault'),
      );
      const times = recoveries.map(({ endedAt, acceptedAt = endedAt, letInAt = endedAt }) => Math.max(acceptedAt, letInAt) - endedAt);
      const lastEnd = recoveries.at(-1)?.endedAt;
      const waits = [...entries.values()].map(({ acceptedAt, mailAt = acceptedAt }) => mailAt - acceptedAt);
      const row: Row = {
        case: name,
        accepted: entries.size,
        delivered: [...entries.keys()].filter((id) => mails.has(id)).length,
        duplicates: duplicatesAmong(system.catcher.mails()),
        lost: lost.length,
        'two codes': twoCodes.length,
        'worst recovery': times.length > 0 ? seconds(Math.max(...times)) : undefined,
        'all well': allWellAt && lastEnd && seconds(allWellAt - lastEnd),
        'longest wait': seconds(Math.max(0, ...waits)),
        'used unheard': [...entries.values()].filter(({ end }) => end === 'used unheard').length,
        '503s': counts.unavailable,
        unanswered: counts.unanswered,
        'not taken': counts.notTaken,
        'turned away': turnedAway.length,
        unannounced: unannounced.length,
      };
      return { row, complaints };
    },
  };
}

export type Books = ReturnType<typeof createBooks>;

/** The challenge that a mail is about. */
export function challengeOf({ messageId }: CaughtMail): string {
  return /^<([\w-]+)\.\d\./.exec(messageId)?.[1] ?? messageId;
}

function recipientOf({ envelope }: CaughtMail): string {
  return envelope.to.join();
}

function codesIn(mails: readonly CaughtMail[]): number {
  return new Set(mails.map(codeIn)).size;
}

/** Nothing may be left in the queue, and nothing may have failed for good: no case gives a reason for that. */
async function queueComplaints({ redis }: System): Promise<string[]> {
  const { queue, close } = createProducer(codeIssue, redis);
  try {
    const givenUpAt = performance.now() + drainDeadlineMs;
    for (;;) {
      const { counts } = await readQueue(queue, new Date());
      if (counts.waiting + counts.active + counts.delayed === 0) break;
      if (performance.now() > givenUpAt) return [`the queue does not run empty: ${JSON.stringify(counts)}`];
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    const failed = await queue.getFailed(0, 1_000);
    return failed.map(({ id, failedReason }) => `failed for good: ${id}: ${failedReason}`);
  } finally {
    await close();
  }
}

/** What GET /v1/codes/{id} tells must not be "on its way" for ever. */
async function documentComplaints({ mongo }: System, entries: Map<string, Entry>): Promise<string[]> {
  interface Document {
    _id: string;
    usedAt: Date | null;
    sends: number;
    sendsAccepted: number;
    delivery: string;
  }
  const documents = await mongo.collection<Document>('challenges').find().toArray();
  const found = new Map(documents.map((document) => [document._id, document]));
  const missing = [...entries.keys()].filter((id) => !found.has(id));
  const stuck = documents.filter(
    ({ usedAt, sends, sendsAccepted, delivery }) => !usedAt && sendsAccepted < sends && delivery !== 'refused',
  );
  return [
    ...missing.map((id) => `no document: ${id}`),
    ...stuck.map(({ _id, delivery, sends, sendsAccepted }) => `stuck: ${_id}: ${delivery}, ${sendsAccepted} of ${sends} sent`),
  ];
}

/** Mails that came to somebody else than the one who asked. */
function astray(mails: Map<string, CaughtMail[]>, entries: Map<string, Entry>): string[] {
  return [...entries].flatMap(([id, { email }]) =>
    (mails.get(id) ?? []).filter((mail) => recipientOf(mail) !== email).map(() => `astray: ${id}`),
  );
}

/** Copies of the same mail: a resend is another one, and was asked for. */
function duplicatesAmong(mails: readonly CaughtMail[]): number {
  return mails.length - new Set(mails.map(({ messageId }) => messageId)).size;
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
