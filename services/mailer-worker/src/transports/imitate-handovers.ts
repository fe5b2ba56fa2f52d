import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CodeMail, Handover } from '@daypass/core/codes/issue-code';
import { receivingDomain } from './receiving-domain.ts';

/** So many of the newest hand-overs are imitated: few, because how fast a mail server is changes with the hour. */
const remembered = 30;
/** Of so many domains those to it are remembered: of the ones that had mail last. */
const domainsRemembered = 200;
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
 * newest to its domain took, or of the newest of all, and while the mail server gives trouble it ends in that trouble. What a server says of one mail alone is
 * not imitated.
 */
export function imitateHandovers(real: (mail: CodeMail) => Promise<Handover>): {
  handOver: (mail: CodeMail) => Promise<Handover>;
  imitateHandover: (mail: CodeMail) => Promise<Handover>;
} {
  const accepted: Taken[] = [];
  const acceptedBy = new Map<string, Taken[]>();
  let trouble: Taken | undefined;

  function watch(domain: string, taken: Taken): void {
    if (taken.handover.accepted) {
      trouble = undefined;
      const byDomain = acceptedBy.get(domain) ?? [];
      for (const newest of [accepted, byDomain]) {
        newest.push(taken);
        if (newest.length > remembered) newest.shift();
      }
      // The last in a Map is the one that was set last.
      acceptedBy.delete(domain);
      acceptedBy.set(domain, byDomain);
      for (const [oldest] of acceptedBy) if (acceptedBy.size > domainsRemembered) acceptedBy.delete(oldest);
    } else if (taken.handover.cause === 'transport') {
      trouble = taken;
    }
  }

  return {
    async handOver(mail) {
      const started = performance.now();
      const handover = await real(mail);
      const at = performance.now();
      watch(receivingDomain(mail), { handover, durationMs: at - started, at });
      return handover;
    },
    async imitateHandover(mail) {
      const lasting = trouble && performance.now() - trouble.at < troubleMs ? trouble : undefined;
      const model = lasting ?? anyOf(acceptedBy.get(receivingDomain(mail)) ?? accepted);
      await sleep(model?.durationMs ?? randomInt(usualMs.min, usualMs.max));
      return model?.handover ?? { accepted: true };
    },
  };
}

function anyOf(taken: readonly Taken[]): Taken | undefined {
  return taken[randomInt(Math.max(1, taken.length))];
}
