import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CodeMail, Handover } from '@daypass/core/codes/issue-code';

/** So many of the newest hand-overs are imitated: few, because how fast a mail server is changes with the hour. */
const remembered = 30;
/** For how long trouble with the mail server is taken to last, when nothing new is heard of it. */
const troubleMs = 30_000;
/** How long a hand-over takes where none has been seen yet. */
const usualMs = { min: 100, max: 500 };

interface Taken {
  handover: Handover;
  durationMs: number;
  at: number;
}

/**
 * Watches hand-overs, so that one can be acted out for an address that gets no mail: it takes as long as one of the
 * newest took, and while the mail server gives trouble it ends in that trouble. What a server says of one mail alone is
 * not imitated.
 */
export function imitateHandovers(real: (mail: CodeMail) => Promise<Handover>): {
  handOver: (mail: CodeMail) => Promise<Handover>;
  imitateHandover: () => Promise<Handover>;
} {
  const accepted: Taken[] = [];
  let trouble: Taken | undefined;

  function watch(taken: Taken): void {
    if (taken.handover.accepted) {
      trouble = undefined;
      accepted.push(taken);
      if (accepted.length > remembered) accepted.shift();
    } else if (taken.handover.cause === 'transport') {
      trouble = taken;
    }
  }

  return {
    async handOver(mail) {
      const started = performance.now();
      const handover = await real(mail);
      const at = performance.now();
      watch({ handover, durationMs: at - started, at });
      return handover;
    },
    async imitateHandover() {
      const lasting = trouble && performance.now() - trouble.at < troubleMs ? trouble : undefined;
      const model = lasting ?? accepted[randomInt(Math.max(1, accepted.length))];
      await sleep(model?.durationMs ?? randomInt(usualMs.min, usualMs.max));
      return model?.handover ?? { accepted: true };
    },
  };
}
