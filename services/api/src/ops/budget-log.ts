import type { Logger } from '@daypass/runtime/logger';

/** Says once when wrong codes at a site have used up its budget, and once when they are below it again. */
export function createBudgetLog(log: Logger): (site: string, state: 'spent' | 'relaxed') => void {
  return (site, state) => {
    if (state === 'spent') log.warn({ site }, 'guess budget spent: every request for a code needs a proof of work');
    else log.info({ site }, 'guess budget relaxed: requests for a code are as before');
  };
}
