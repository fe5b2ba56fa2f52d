import { setTimeout as pause } from 'node:timers/promises';
import { codeIssue } from '@daypass/jobs/code-issue';
import { createProducer } from '@daypass/jobs/producer';
import PostalMime from 'postal-mime';
import { hopelessKinds, unkindKinds, type HostileSmtp } from './hostile-smtp.ts';
import type { System } from './system.ts';
import type { Visitor } from './visitor.ts';

/** One line of the table: what became of the visitors of one kind. */
interface Line {
  visitors: number;
  'got in': number;
  refused: number;
  'copies of one code': number;
  wrong: number;
}

interface Gauntlet {
  count: number;
  /** How many of a hundred meet an unkindness; those for whom a connection stands still for its whole deadline among them. */
  unkindPercent: number;
  /** The unkindnesses that are met; all where nothing is said. */
  kinds?: readonly string[];
  /** Mails that wait for a greylist are tried at once, as if the time had passed. */
  hurry: boolean;
  deadlineMs: number;
}

const asking = 16;
/** So many are waited for at a time, and each looks so often: some wait for minutes, and nobody is to wait behind them. */
const finishing = { atOnce: 128, everyMs: 500 };

/**
 * Sends codes through an unkind mail server, and has every visitor come to an end: in with the code that arrived, or told
 * that the mail was refused.
 *
 * @returns the table, and what went wrong
 */
export async function runGauntlet(system: System, smtp: HostileSmtp, { count, unkindPercent, kinds = unkindKinds, hurry, deadlineMs }: Gauntlet) {
  const lines: Record<string, Line> = {};
  const complaints: string[] = [];
  const visitors: { visitor: Visitor; kind: string; email: string; id: string }[] = [];
  const kindOf = (number: number) => (number % 100 < unkindPercent ? (kinds[Math.floor(number / 100 + number) % kinds.length] ?? '') : 'kind');
  const numbers = Array.from({ length: count }, (_, number) => number)[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: asking }, async () => {
      for (const number of numbers) {
        const visitor = system.visitor();
        const kind = kindOf(number);
        const email = `${kind}.${visitor.email}`;
        const { status, body } = await visitor.post('/v1/codes', { email });
        if (status === 202) visitors.push({ visitor, kind, email, id: String(body['id']) });
        else complaints.push(`${status} for a request`);
      }
    }),
  );

  const stopHurrying = hurry ? hurryDelayed(system) : async () => undefined;
  const givenUpAt = performance.now() + deadlineMs;
  const left = visitors[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: finishing.atOnce }, async () => {
      for (const one of left) await finish(one);
    }),
  );
  await stopHurrying();

  async function finish({ visitor, kind, email, id }: (typeof visitors)[number]): Promise<void> {
    const line = (lines[kind] ??= { visitors: 0, 'got in': 0, refused: 0, 'copies of one code': 0, wrong: 0 });
    line.visitors += 1;
    const wrong = (what: string) => {
      line.wrong += 1;
      complaints.push(`${kind}: ${what}`);
    };
    let delivery = 'queued';
    while (!['sent', 'refused'].includes(delivery) && performance.now() < givenUpAt) {
      delivery = String((await visitor.get(`/v1/codes/${id}`)).body['delivery']);
      if (!['sent', 'refused'].includes(delivery)) await pause(finishing.everyMs);
    }
    const mails = smtp.taken.filter(({ to }) => to === email);
    if (delivery === 'refused') {
      line.refused += 1;
      if (!hopelessKinds.includes(kind)) wrong('refused');
      if (mails.length > 0) wrong('refused, and a mail has come');
      return;
    }
    if (delivery !== 'sent') return wrong(`still ${delivery}`);
    if (mails.length === 0) return wrong('no mail');
    line['copies of one code'] += mails.length - 1;
    if (new Set(mails.map(({ raw }) => raw)).size > 1) return wrong('two mails that are not the same');
    const { text = '' } = await PostalMime.parse(mails[0]?.raw ?? '');
    const code = /^[0-9A-Z]{4}-[0-9A-Z]{4}$/m.exec(text)?.[0] ?? '';
    const { status } = await visitor.post(`/v1/codes/${id}/verify`, { code });
    if (status !== 200) return wrong(`the code does not work: ${status}`);
    line['got in'] += 1;
  }

  return { table: lines, complaints };
}

/** Has every delayed job tried now, again and again. */
function hurryDelayed(system: System): () => Promise<void> {
  const { queue, close } = createProducer(codeIssue, system.redis);
  const stopping = new AbortController();
  const hurrying = (async () => {
    while (!stopping.signal.aborted) {
      const waiting = await queue.getDelayed(0, 500);
      // One that has gone meanwhile needs no hurry.
      await Promise.all(waiting.filter(({ delay }) => delay > 1_000).map((job) => job.promote().catch(() => undefined)));
      await pause(250);
    }
  })();
  return async () => {
    stopping.abort();
    await hurrying;
    await close();
  };
}
