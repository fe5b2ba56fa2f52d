import { dirname } from 'node:path';
import { runCommand } from '@daypass/tools/processes/run-command';
import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { read, rules, runbooks } from '../support/alert-rules.ts';
import { fetchDeadlineMs, findPrometheus, rulesFile } from '../support/prometheus.ts';
import { clearedIn, type PromtoolCase } from '../support/promtool-cases.ts';
import { alertNames, alertsInMinutes, alertsInSeconds } from '../support/real-alerts.ts';

beforeAll(async () => {
  await findPrometheus();
}, fetchDeadlineMs);

test('the alert rules are valid, and each fires and clears in its promtool test', async () => {
  const { promtool } = await findPrometheus();
  const cwd = dirname(rulesFile);
  await runCommand(promtool, ['check', 'config', 'prometheus.yml'], { cwd, timeoutMs: 20_000 });
  await runCommand(promtool, ['test', 'rules', 'rules.test.yml'], { cwd, timeoutMs: 60_000 });

  const { tests } = parse(read('deploy/prometheus/rules.test.yml')) as { tests: PromtoolCase[] };
  expect([...clearedIn(tests)].toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
});

test('an alert does not clear by what happens elsewhere, before, or when there is nothing left to look at', () => {
  const at = (time: string, ...expected: unknown[]) => ({ expr: 'ALERTS{alertname="Some", alertstate="firing"}', eval_time: time, exp_samples: expected });
  const firing = { labels: 'ALERTS{alertname="Some"}', value: 1 };
  const only = (values: string, ...tests: ReturnType<typeof at>[]) => ({ input_series: [{ series: 'some', values }], promql_expr_test: tests });
  expect(clearedIn([only('0x4 1x4 0x4', at('7m', firing), at('12m'))])).toEqual(new Set(['Some']));
  expect(clearedIn([only('0 1x9 stale _x10', at('7m', firing), at('12m'))])).toEqual(new Set(['Some']));
  for (const cases of [
    [only('1x20', at('7m', firing)), only('0x20', at('12m'))],
    [only('0x4 1x20', at('7m', firing), at('2m'))],
    [only('1x10', at('7m', firing), at('12m'))],
    [only('1x20', at('7m', firing), at('12m', firing))],
  ]) {
    expect(clearedIn(cases)).toEqual(new Set());
  }
});

test('each rule is made to fire for real, in deploy-alerts.test.ts or in test/faults/alerts.test.ts', () => {
  const made = [...alertNames(alertsInSeconds), ...alertNames(alertsInMinutes)];
  expect(made.toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
});

test('each rule has a severity, words for people, and a runbook page, and each page has its rule', () => {
  for (const { alert, labels, annotations } of rules) {
    expect(['page', 'warning']).toContain(labels.severity);
    expect(annotations.summary.length).toBeGreaterThan(10);
    expect(annotations.description.length).toBeGreaterThan(10);
    const slug = alert.replace('Daypass', '').replaceAll(/(?<!^)[A-Z]/g, '-$&').toLowerCase();
    expect(annotations.runbook).toBe(`docs/operations/runbook-${slug}.md`);
    expect(read(annotations.runbook)).toContain(`Alert \`${alert}\`, ${labels.severity}.`);
  }
  expect(runbooks.toSorted()).toEqual(rules.map(({ annotations }) => annotations.runbook).toSorted());
});

test('all rules are listed in docs/operations, with their pages and how urgent they are', () => {
  const listed = [...read('docs/operations/README.md').matchAll(/^\| \[(Daypass\w+)\]\(([\w-]+\.md)\) \| (\w+) \|/gm)];
  expect(listed.map(([, alert, page, severity]) => ({ alert, page: `docs/operations/${page}`, severity }))).toEqual(
    rules.map(({ alert, annotations, labels }) => ({ alert, page: annotations.runbook, severity: labels.severity })),
  );
});

test('each runbook page says what it means, what to look at and what to do, and links to pages that are there', () => {
  for (const text of runbooks.map(read)) {
    expect([...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title)).toEqual(['What it means', 'What to look at', 'What to do']);
    const links = [...text.matchAll(/\]\((runbook-[^)]+)\)/g)].map(([, target]) => `docs/operations/${target}`);
    expect(links.filter((link) => !runbooks.includes(link))).toEqual([]);
  }
});
