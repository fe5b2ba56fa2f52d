import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoDir } from '@daypass/tools/repo';
import { parse } from 'yaml';
import { rulesFile } from './prometheus.ts';

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; description: string; runbook: string };
}
/** A file of the project. */
export const read = (path: string) => readFileSync(join(repoDir, path), 'utf8');
export const rules = (parse(readFileSync(rulesFile, 'utf8')) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules);
export const runbooks = globSync('docs/operations/runbook-*.md', { cwd: repoDir });
