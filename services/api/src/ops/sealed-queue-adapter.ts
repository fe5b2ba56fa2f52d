import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { readableReason } from '@daypass/jobs/readable-reason';
import { readSetbacks } from '@daypass/jobs/setbacks';

export type BoardQueue = ConstructorParameters<typeof BullMQAdapter>[0];
type BoardJob = Awaited<ReturnType<BullMQAdapter['getJobs']>>[number];

/**
 * A queue as a person on call may see it: which challenge and site, why a mail waits or was given up, and nothing that
 * is sealed. Whoever can write to Redis could have put anything into a job; what is not ours is not shown.
 */
export class SealedQueueAdapter extends BullMQAdapter {
  override readonly allowCompletedRetries = false;

  constructor(queue: BoardQueue, { mayRetry }: { mayRetry: boolean }) {
    super(queue, { readOnlyMode: !mayRetry, allowRetries: mayRetry });
    this.setFormatter('name', nameOf);
    this.setFormatter('data', redact);
    this.setFormatter('progress', readSetbacks);
    this.setFormatter('returnValue', () => null);
  }

  override async getJob(id: string): Promise<BoardJob | undefined> {
    const job = await super.getJob(id);
    return job && withReadableReason(job);
  }

  override async getJobs(...which: Parameters<BullMQAdapter['getJobs']>): Promise<BoardJob[]> {
    const jobs = await super.getJobs(...which);
    // One may be gone between being listed and being read.
    return jobs.map((job) => job && withReadableReason(job));
  }
}

/** What a job was thrown with says no more than its reason: all that handlers throw is thrown at one place. */
function withReadableReason(job: BoardJob): BoardJob {
  job.stacktrace = [];
  if (job.failedReason) job.failedReason = readableReason(job.failedReason);
  return job;
}

/** "default · mail 2", or "default · mail 2 · put off 3 times: smtp_451": what tells jobs apart at a glance. */
function nameOf({ data, progress }: { data?: unknown; progress?: unknown }): string {
  const shown = redact(data);
  if (shown === malformed) return malformed;
  const { deferred, troubled, reason } = readSetbacks(progress);
  const setbacks = deferred + troubled;
  const times = setbacks === 1 ? 'once' : `${setbacks} times`;
  const waits = reason === undefined ? '' : ` · put off${setbacks > 0 ? ` ${times}` : ''}: ${reason}`;
  return `${String(shown.site)} · mail ${String(shown.send)}${waits}`;
}

const malformed = 'malformed';

/** What a person may see of a payload. One that is not ours is not shown. */
function redact(data: unknown): Record<'v' | 'id' | 'site' | 'send' | 'envelope', string | number> | typeof malformed {
  if (typeof data !== 'object' || data === null) return malformed;
  const { v, id, site, send } = data as Record<string, unknown>;
  if (typeof v !== 'number' || typeof id !== 'string' || typeof site !== 'string' || typeof send !== 'number') return malformed;
  return { v, id, site, send, envelope: 'sealed' };
}
