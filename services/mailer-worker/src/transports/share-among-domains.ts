import type { CodeMail, Handover } from '@daypass/core/codes/issue-code';

/** How long a mail waits here for one before it to its domain to be done: usual hand-overs are. */
const waitMs = 250;
/** A domain that has taken, or is taking, so long for each of its mails in hand is slow: no other waits here for it. */
const slowMs = 1_000;
/** When a mail that was put off comes back, at the soonest and at the latest. */
const comesBackMs = { min: 1_000, max: 60_000 };

/** The mails to one domain. */
interface Line {
  /** When those in hand were begun, the oldest first. */
  begun: Set<{ atMs: number }>;
  waiting: (() => void)[];
  tookMs: number;
  /** When the last that was put off comes back. */
  lastBackMs: number;
}

/** Mails that a worker has in hand beyond those to one domain: so many are always there for others. */
export function reservedPlaces(perDomain: number): number {
  return Math.ceil(perDomain / 5);
}

/**
 * Has at most `perDomain` mails to one receiving domain in hand. What is more waits for a moment, and where the domain is
 * slow it is put off until its turn may have come: a domain that takes half a minute for a mail holds so many places, and
 * not all of the worker's.
 */
export function shareAmongDomains(handOver: (mail: CodeMail) => Promise<Handover>, perDomain: number): (mail: CodeMail) => Promise<Handover> {
  const lines = new Map<string, Line>();

  return async (mail) => {
    const { address } = mail.envelope;
    const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
    const line = lines.get(domain) ?? { begun: new Set(), waiting: [], tookMs: 0, lastBackMs: 0 };
    lines.set(domain, line);
    if (line.begun.size >= perDomain && !(await placeIn(line))) return putOff(line);
    const mine = { atMs: performance.now() };
    line.begun.add(mine);
    try {
      return await handOver(mail);
    } finally {
      line.begun.delete(mine);
      line.tookMs = performance.now() - mine.atMs;
      line.waiting.shift()?.();
      if (line.begun.size === 0 && line.waiting.length === 0 && line.lastBackMs < performance.now()) lines.delete(domain);
    }
  };

  async function placeIn(line: Line): Promise<boolean> {
    if (lastsMs(line) > slowMs) return false;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        line.waiting.splice(line.waiting.indexOf(done), 1);
        resolve();
      }, waitMs);
      line.waiting.push(done);
    });
    return line.begun.size < perDomain;
  }

  /** One after the other, as fast as the domain takes them. */
  function putOff(line: Line): Handover {
    const now = performance.now();
    line.lastBackMs = Math.min(Math.max(line.lastBackMs, now + comesBackMs.min) + lastsMs(line) / perDomain, now + comesBackMs.max);
    return { accepted: false, permanent: false, cause: 'busy', reason: 'domain_slow', retryAfterMs: Math.round(line.lastBackMs - now) };
  }
}

/** How long a hand-over takes there, as far as is known. One that stands still among others that do not says nothing. */
function lastsMs({ begun, tookMs }: Line): number {
  const youngest = [...begun].at(-1);
  return Math.max(tookMs, youngest ? performance.now() - youngest.atMs : 0);
}
