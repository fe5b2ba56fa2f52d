import { randomUUID } from 'node:crypto';
import type { createSharedPace } from '@daypass/runtime/shared-pace';
import type { SmtpServer } from '@daypass/runtime/smtp-server';
import { unlimited, type SharedLimits } from './smtp-transport.ts';

/** The limits of one mail server that hold for all workers together. Without any, Redis is not asked. */
export function shareLimits(
  { perSecond, connections }: SmtpServer,
  { turn, place }: ReturnType<typeof createSharedPace>,
  now: () => Date,
): SharedLimits {
  return {
    pace: perSecond === undefined ? unlimited.pace : ({ id, send }) => turn(`${id}.${send}`, perSecond, now()),
    takeConnection: connections === undefined ? unlimited.takeConnection : () => place(randomUUID(), connections, now),
  };
}
