import { dirname } from 'node:path';
import { runCommand } from '@daypass/tools/processes/run-command';
import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { read, rules, runbooks } from '../support/alert-rules.ts';
import { fetchDeadlineMs, findPrometheus, rulesFile } from '../support/prometheus.ts';
import { alertNames, alertsInMinutes, alertsInSeconds } from '../support/real-alerts.ts';

beforeAll(async () => {
  await findPrometheus();
}, fetchDeadlineMs);

test('the alert rules are valid, and each fires and clears in its promtool test', async () => {
  const { promtool } = await findPrometheus();
  const cwd = dirname(rulesFile);
  await runCommand(promtool, ['check', 'config', 'prometheus.yml'], { cwd, timeoutMs: 20_000 });
  await runCommand(promtool, ['test', 'rules', 'rules.test.yml'], { cwd, timeoutMs: 60_000 });

  interface Case {
    promql_expr_test: { expr: string; eval_time: string; exp_samples: unknown[] }[];
  }
  const { tests } = parse(read('deploy/prometheus/rules.test.yml')) as { tests: Case[] };
  const fired = new Set<string>();
  const cleared = new Set<string>();
  for (const { expr, exp_samples: expected } of tests.flatMap((each) => each.promql_expr_test)) {
    const alert = /alertname="(\w+)"/.exec(expr)?.[1] ?? '';
    if (expected.length > 0) fired.add(alert);
    else if (fired.has(alert)) cleared.add(alert);
  }
  const names = rules.map(({ alert }) => alert).toSorted();
  expect([...fired].toSorted()).toEqual(names);
  expect([...cleared].toSorted()).toEqual(names);
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
