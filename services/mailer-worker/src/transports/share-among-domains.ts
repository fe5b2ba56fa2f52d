import type { CodeMail, Handover } from '@daypass/core/codes/issue-code';
import { receivingDomain } from './receiving-domain.ts';

/** How long a mail waits here for one before it to its domain to be done: usual hand-overs are. */
const waitMs = 250;
/** A domain whose places were all taken for so long is slow: no other mail waits here for it. */
const slowMs = 1_000;
/** Of so many hand-overs, about, is the mean by which those that are put off follow each other. */
const meanOver = 16;
/** When a mail that was put off comes back, at the soonest and at the latest. */
const comesBackMs = { min: 1_000, max: 60_000 };

/** The mails to one domain. */
interface Line {
  /** When those in hand were begun, the oldest first. */
  begun: Set<{ atMs: number }>;
  waiting: (() => void)[];
  /** Whether one has waited in vain since a hand-over ended: others would too, and mails to other domains behind them. */
  waitedInVain: boolean;
  /** A hand-over's mean: one in twenty-five that takes half a minute makes it a second, and not half a minute. */
  meanMs: number;
  /** When the last that was put off comes back. */
  lastBackMs: number;
}

/** Mails that a worker has in hand beyond those to one domain: so many are always there for others. */
export function reservedPlaces(perDomain: number): number {
  return Math.ceil(perDomain / 5);
}

type HandOver = (mail: CodeMail) => Promise<Handover>;

/**
 * Has at most `perDomain` mails to one receiving domain in hand. What is more waits for a moment, and where the domain is
 * slow it is put off until its turn may have come: a domain that takes half a minute for a mail holds so many places, and
 * not all of the worker's.
 *
 * @returns what lets a way of handing over share these places
 */
export function shareAmongDomains(perDomain: number): (handOver: HandOver) => HandOver {
  const lines = new Map<string, Line>();

  return (handOver) => async (mail) => {
    const domain = receivingDomain(mail);
    const line = lines.get(domain) ?? { begun: new Set(), waiting: [], waitedInVain: false, meanMs: 0, lastBackMs: 0 };
    lines.set(domain, line);
    if (line.begun.size >= perDomain && !(await placeIn(line))) return putOff(line);
    const mine = { atMs: performance.now() };
    line.begun.add(mine);
    try {
      return await handOver(mail);
    } finally {
      line.begun.delete(mine);
      line.waitedInVain = false;
      line.meanMs += (performance.now() - mine.atMs - line.meanMs) / meanOver;
      line.waiting.shift()?.();
      if (line.begun.size === 0 && line.waiting.length === 0 && line.lastBackMs < performance.now()) lines.delete(domain);
    }
  };

  async function placeIn(line: Line): Promise<boolean> {
    if (line.waitedInVain || sinceBegunMs(line) > slowMs) return false;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        line.waiting.splice(line.waiting.indexOf(done), 1);
        line.waitedInVain = true;
        resolve();
      }, waitMs);
      line.waiting.push(done);
    });
    return line.begun.size < perDomain;
  }

  /** One after the other, as fast as the domain takes them. */
  function putOff(line: Line): Handover {
    const now = performance.now();
    const paceMs = Math.max(line.meanMs, sinceBegunMs(line)) / perDomain;
    line.lastBackMs = Math.min(Math.max(line.lastBackMs, now + comesBackMs.min) + paceMs, now + comesBackMs.max);
    return { accepted: false, permanent: false, cause: 'busy', reason: 'domain_slow', retryAfterMs: Math.round(line.lastBackMs - now) };
  }
}

/** How long the one that was begun last is in hand: as long as there was no free place, if there is none now. */
function sinceBegunMs({ begun }: Line): number {
  const youngest = [...begun].at(-1);
  return youngest ? performance.now() - youngest.atMs : 0;
}
