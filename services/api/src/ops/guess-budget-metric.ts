import { wrongCodesBudget } from '@daypass/core/limits/policy';
import type { Budget } from '@daypass/core/limits/request-limits';
import type { Sites } from '@daypass/core/sites/sites';
import { Gauge, type Registry } from '@prometheus-io/client';

/**
 * How much of each site's budget of wrong codes is used, read when it is asked for. Every API process says the same:
 * take the maximum. While Redis is away it is absent, which is not the same as zero.
 */
export function addGuessBudgetMetric(
  registry: Registry,
  sites: Sites,
  readWrongCodes: (budget: Budget, now: Date) => Promise<number>,
  now: () => Date,
): void {
  registry.registerMetric(
    new Gauge({
      name: 'daypass_guess_budget_used_ratio',
      help: 'Wrong codes typed at a site in the last day, as a part of what it takes: from 1 on every request needs a proof of work.',
      labelNames: ['site'],
      registers: [registry],
      async collect() {
        const at = now();
        const readings = await Promise.all(
          sites.all.map(async (site) => {
            const budget = wrongCodesBudget(site);
            const used = await readWrongCodes(budget, at).catch(() => undefined);
            return { site: site.id, ratio: used === undefined ? undefined : used / Math.max(1, budget.max) };
          }),
        );
        this.reset();
        for (const { site, ratio } of readings) if (ratio !== undefined) this.set({ site }, ratio);
      },
    }),
  );
}
