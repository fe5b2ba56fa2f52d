import type { CodeStatus } from '@daypass/core/codes/read-status';
import type { Refusal } from '@daypass/core/errors';
import { networkOf } from '@daypass/core/limits/network';
import { Type } from 'typebox';
import { ChallengeParams, problemResponses } from '../http/schemas.ts';
import { sendRefusal, type SendProblem } from '../http/send-problem.ts';
import type { TypedApp } from '../http/typed-app.ts';
import { openEventStream, type EventStream } from '../status/event-stream.ts';
import type { StatusWatch } from '../status/status-watch.ts';

const longestMs = 5 * 60_000;
/** Every so many heartbeats the status is looked up without a reason: a code ends by itself, and a change can be missed. */
const beatsBetweenLooks = 4;
const retryAfterSeconds = 15;

export function watchCodeRoute(
  app: TypedApp,
  dependencies: {
    readStatus: (id: string) => Promise<CodeStatus | Refusal>;
    watch: StatusWatch;
    sendProblem: SendProblem;
  },
): void {
  const { readStatus, watch, sendProblem } = dependencies;
  const streams = new Set<EventStream>();
  const schema = {
    operationId: 'watchCode',
    summary: 'How far a code has come, as it happens',
    description:
      'Server-sent events named `status`, each with what `readCode` answers, until the code is sent, refused or expired. After five minutes the stream ends, and may be asked for again.',
    tags: ['Email codes'],
    params: ChallengeParams,
    produces: ['text/event-stream'],
    response: { 200: Type.String(), ...problemResponses },
  };
  // A listener that stops does not wait for those who only listen.
  app.addHook('preClose', (done) => {
    for (const stream of streams) stream.end();
    done();
  });

  app.get('/v1/codes/:id/events', { schema, config: { stream: true } }, async (request, reply) => {
    const { id } = request.params;
    const first = await readStatus(id);
    // Nobody is there to be told, nor to be counted among those who listen.
    if (reply.raw.closed) return reply.hijack();
    if (!first.ok) return sendRefusal(sendProblem, reply, first);

    let stream: EventStream | undefined;
    let last = '';
    const told = (status: CodeStatus | Refusal) => {
      if (!status.ok) return stream?.end();
      const shown = bodyOf(status);
      // The seconds that tick are no news.
      const news = `${shown.delivery} ${shown.attemptsLeft} ${shown.expiresIn === 0}`;
      if (news !== last) stream?.send('status', shown);
      last = news;
      if (isFinal(status)) stream?.end();
    };
    const watching = watch.add({ challenge: id, network: networkOf(request.ip), told });
    if (!watching) return sendProblem(reply, watch.full() ? 'unavailable' : 'too_many_requests', { retryAfterSeconds });

    let beats = 0;
    const opened = openEventStream(reply, {
      onEnd() {
        clearTimeout(timer);
        streams.delete(opened);
        watching.stop();
      },
      onHeartbeat() {
        beats += 1;
        if (beats % beatsBetweenLooks === 0) watch.changed(id);
      },
    });
    const timer = setTimeout(() => opened.end(), longestMs).unref();
    stream = opened;
    streams.add(opened);
    told(first);
    // What changed between the look-up and the watch.
    if (!isFinal(first)) watch.changed(id);
    return reply;
  });
}

function isFinal({ delivery, expiresInSeconds }: CodeStatus): boolean {
  return delivery === 'sent' || delivery === 'refused' || expiresInSeconds === 0;
}

function bodyOf({ id, delivery, expiresInSeconds, resendInSeconds, attemptsLeft }: CodeStatus) {
  return { id, delivery, expiresIn: expiresInSeconds, resendIn: resendInSeconds, attemptsLeft };
}
