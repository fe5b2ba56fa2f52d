/** One case of rules.test.yml, as far as a check of it needs it. */
export interface PromtoolCase {
  input_series: { series: string; values: string }[];
  promql_expr_test: { expr: string; eval_time: string; exp_samples: unknown[] }[];
}

/**
 * The alerts that fire in some case and are over later in the same one, while all that went in still goes on: that nothing
 * fires before, elsewhere, or when the series have come to their end, says nothing.
 */
export function clearedIn(cases: readonly PromtoolCase[]): Set<string> {
  const cleared = new Set<string>();
  for (const { input_series: input, promql_expr_test: tests } of cases) {
    const lasts = Math.min(...input.filter(({ values }) => !values.endsWith('stale')).map(({ values }) => lastMinute(values)));
    const firstFired = new Map<string, number>();
    for (const { expr, eval_time: time, exp_samples: expected } of tests.toSorted((one, other) => minutes(one.eval_time) - minutes(other.eval_time))) {
      const alert = /^ALERTS\{alertname="(\w+)", alertstate="firing"\}$/.exec(expr)?.[1];
      if (alert === undefined) continue;
      const at = minutes(time);
      if (expected.length > 0) firstFired.set(alert, Math.min(at, firstFired.get(alert) ?? at));
      else if (at > (firstFired.get(alert) ?? at) && at <= lasts) cleared.add(alert);
    }
  }
  return cleared;
}

function minutes(time: string): number {
  const [, count] = /^(\d+)m$/.exec(time) ?? [];
  if (count === undefined) throw new Error(`${time} is not a number of minutes`);
  return Number(count);
}

/** When a series has its last value, of one a minute. `1x4` is five of them, `_x4` is four that are missing. */
function lastMinute(values: string): number {
  const count = values.split(' ').reduce((sum, part) => {
    const [, value, times] = /^(_|stale|-?[\d.]+(?:[+-][\d.]+)?)(?:x(\d+))?$/.exec(part) ?? [];
    if (value === undefined) throw new Error(`${part} is no part of a series`);
    return sum + (times === undefined ? 1 : Number(times) + (value === '_' ? 0 : 1));
  }, 0);
  return count - 1;
}
