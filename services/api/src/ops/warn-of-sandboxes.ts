import type { Site } from '@daypass/core/sites/site';
import type { FastifyBaseLogger } from 'fastify';

/** Says where somebody gets in without reading a mail, and until when. Not who: addresses are in no log. */
export function warnOfSandboxes(sites: readonly Site[], now: Date, log: FastifyBaseLogger): void {
  for (const { id: site, sandbox } of sites) {
    const ends = sandbox.map(({ until }) => until?.getTime() ?? Number.POSITIVE_INFINITY);
    const alive = ends.filter((end) => end >= now.getTime());
    if (alive.length === 0) continue;
    const last = Math.max(...alive);
    const until = Number.isFinite(last) ? new Date(last).toISOString() : 'it is taken out';
    log.warn({ site, addresses: alive.length, until }, 'sandbox addresses: whoever knows their codes gets in');
  }
}
