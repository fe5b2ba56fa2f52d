import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { digestAddress } from '@daypass/core/keys/digest-address';
import { parseIndexKey } from '@daypass/core/keys/index-key';
import type { CaughtMail } from '@daypass/tools/catcher/start-catcher';
import { challengeOf, createBooks, type Books } from './books.ts';
import type { System } from './system.ts';
import { codeIn } from './visitor.ts';

export interface Traffic {
  books: Books;
  /** No new visitors; resolves when those who are there have come to an end, or after `settleMs`. */
  stop(settleMs: number): Promise<void>;
}

/** An answer, or `undefined` when there was none. */
type Reply = { status: number; body: Record<string, unknown>; text: string } | undefined;

const requestDeadlineMs = 10_000;
/** Shorter than the API's Retry-After, so that recovery is seen when it happens. */
const retryPauseMs = 400;
const mailDeadlineMs = 240_000;
/** A worker that dies between a mail and saying so leaves a lease of 20 s behind. */
const statusDeadlineMs = 90_000;

/**
 * Steady traffic: visitors who ask for a code, read their mail and get in, each from a network of their own. They try
 * again when they are told 503 or nothing, at any API that runs. Of ten, one asks twice, two have the code mailed once
 * more, and two come back only when the faults are over.
 */
export function startTraffic(system: System, perSecond: number): Traffic {
  const books = createBooks();
  const journeys = new Set<Promise<void>>();
  const closing = new AbortController();
  const indexKey = parseIndexKey(String(system.env['DAYPASS_INDEX_KEY']));
  let number = 0;

  const timer = setInterval(() => {
    const journey = visit((number += 1)).catch((error: unknown) => books.unexpected(`a journey broke: ${String(error)}`));
    journeys.add(journey);
    void journey.finally(() => journeys.delete(journey));
  }, 1_000 / perSecond);

  async function visit(visitor: number): Promise<void> {
    const email = `visitor${visitor}.${randomInt(1e9)}@example.com`;
    const send = sender();
    const habit = visitor % 10;
    const asking = [ask(send, email)];
    if (habit === 3) asking.push(ask(send, email));
    const ids = await Promise.all(asking);
    await Promise.all(ids.map(async (id) => id && (await follow(send, id, email, habit))));
  }

  /** Asks until the answer is 202, and returns the challenge; or none, when the answer is that there will be none. */
  async function ask(send: ReturnType<typeof sender>, email: string): Promise<string | undefined> {
    while (!closing.signal.aborted) {
      const reply = await send('POST', '/v1/codes', { email });
      if (reply?.status === 202) {
        const id = String(reply.body['id']);
        books.accepted(id, email);
        return id;
      }
      if (reply?.status === 429) {
        books.limited(email);
        return undefined;
      }
      if (!retriable(reply, 'POST /v1/codes')) return undefined;
      books.notTaken(email);
      await pause(retryPauseMs);
    }
    return undefined;
  }

  async function follow(send: ReturnType<typeof sender>, id: string, email: string, habit: number): Promise<void> {
    const first = await mailOf(id, 1);
    if (!first) return books.wentWrong(id, 'no mail');
    books.mailed(id);
    if (habit === 5 || habit === 6) await resend(send, id, email);
    if (habit === 8 || habit === 9) await closed(closing.signal);
    await getIn(send, id, codeIn(first));
  }

  /** Has the code mailed again as soon as the first mail is known to be accepted. */
  async function resend(send: ReturnType<typeof sender>, id: string, email: string): Promise<void> {
    if (!(await isSent(send, id))) return books.wentWrong(id, 'the mail has come, and is not told as sent');
    while (!closing.signal.aborted) {
      // As if a minute had passed.
      await system.redis.del(`{daypass}:limit:address:${digestAddress(indexKey, email)}`).catch(() => 0);
      const reply = await send('POST', `/v1/codes/${id}/resend`, {});
      if (reply?.status === 202) {
        if (!(await mailOf(id, 2))) books.wentWrong(id, 'no second mail');
        return;
      }
      if (reply?.status !== 429 && !retriable(reply, 'resend')) return;
      await pause(retryPauseMs);
    }
  }

  async function isSent(send: ReturnType<typeof sender>, id: string): Promise<boolean> {
    const givenUpAt = performance.now() + statusDeadlineMs;
    while (performance.now() < givenUpAt) {
      const reply = await send('GET', `/v1/codes/${id}`);
      if (reply?.body['delivery'] === 'sent') return true;
      if (reply?.status !== 200) retriable(reply, 'GET /v1/codes');
      await pause(retryPauseMs);
    }
    return false;
  }

  async function getIn(send: ReturnType<typeof sender>, id: string, code: string): Promise<void> {
    let unheard = false;
    const givenUpAt = performance.now() + mailDeadlineMs;
    while (performance.now() < givenUpAt) {
      const reply = await send('POST', `/v1/codes/${id}/verify`, { code });
      if (reply?.status === 200) {
        books.letIn(id);
        return showPass(send, String(reply.body['accessToken']));
      }
      if (reply?.status === 409 && unheard) return books.usedUnheard(id);
      if (!retriable(reply, 'verify')) return books.wentWrong(id, `the code does not work: ${reply?.text}`);
      unheard = true;
      await pause(retryPauseMs);
    }
    books.wentWrong(id, 'never got in');
  }

  /** At whatever API: a pass needs no store. */
  async function showPass(send: ReturnType<typeof sender>, token: string): Promise<void> {
    for (;;) {
      const reply = await send('GET', '/v1/pass', undefined, { authorization: `Bearer ${token}` });
      if (reply?.status === 200) return;
      if (!retriable(reply, 'GET /v1/pass')) return;
      await pause(retryPauseMs);
    }
  }

  function retriable(reply: Reply, what: string): boolean {
    if (reply === undefined) books.counts.unanswered += 1;
    else if (reply.status === 503) books.counts.unavailable += 1;
    else books.unexpected(`${what}: ${reply.status} ${reply.text}`);
    return reply === undefined || reply.status === 503;
  }

  function mailOf(id: string, send: number): Promise<CaughtMail | undefined> {
    const isIt = (mail: CaughtMail) => challengeOf(mail) === id && mail.messageId.startsWith(`<${id}.${send}.`);
    return system.catcher.waitForMail(isIt, mailDeadlineMs).catch(() => undefined);
  }

  /** Speaks from one network, to any API that runs. */
  function sender() {
    const ip = `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`;
    return async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> => {
      const api = system.apis[randomInt(Math.max(1, system.apis.length))];
      try {
        const response = await fetch(`${api?.url}${path}`, {
          method,
          signal: AbortSignal.timeout(requestDeadlineMs),
          headers: { 'x-forwarded-for': ip, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        return { status: response.status, body: JSON.parse(text) as Record<string, unknown>, text };
      } catch {
        return undefined;
      }
    };
  }

  return {
    books,
    async stop(settleMs) {
      clearInterval(timer);
      closing.abort();
      await Promise.race([Promise.all(journeys), pause(settleMs)]);
    },
  };
}

async function closed(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true });
  });
}
