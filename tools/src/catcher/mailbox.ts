import { within } from '../within.ts';
import type { CaughtMail } from './caught-mail.ts';

export type Mailbox = {
  add(mail: CaughtMail): void;
  /** Newest first. */
  mails(): CaughtMail[];
  waitForMail(match: (mail: CaughtMail) => boolean, timeoutMs: number): Promise<CaughtMail>;
  clear(): void;
};

/** The newest `keep` mails, in memory. */
export function createMailbox(keep: number): Mailbox {
  const kept: CaughtMail[] = [];
  const waiting = new Set<(mail: CaughtMail) => void>();

  const add = (mail: CaughtMail) => {
    kept.push(mail);
    if (kept.length > keep) kept.shift();
    for (const look of waiting) look(mail);
  };

  const waitForMail = async (match: (mail: CaughtMail) => boolean, timeoutMs: number) => {
    const there = kept.findLast(match);
    if (there) return there;

    const { promise, resolve } = Promise.withResolvers<CaughtMail>();
    const look = (mail: CaughtMail) => {
      if (match(mail)) resolve(mail);
    };
    waiting.add(look);
    try {
      return await within(timeoutMs, promise, 'The mail that was waited for did not come');
    } finally {
      waiting.delete(look);
    }
  };

  return { add, mails: () => kept.toReversed(), waitForMail, clear: () => void kept.splice(0) };
}
