/** What an expression asks for, as far as a check of names needs it. */
export interface Selection {
  metric: string;
  /** Labels in its braces. */
  labels: string[];
}

const keywords = new Set(['and', 'or', 'unless', 'offset', 'bool', 'by', 'on', 'without', 'ignoring', 'group_left', 'group_right']);
const grouping = /\b(?:by|on|without|ignoring|group_left|group_right)\s*\((?<labels>[^)]*)\)/g;

/** Every metric that a PromQL expression names. */
export function selectionsIn(expr: string): Selection[] {
  const plain = withoutStrings(expr).replaceAll(grouping, ' ');
  // A name that is not a function, a keyword, a duration or a label: a metric.
  const names = /(?<![\w:$.])(?<metric>[a-z_:][\w:]*)\s*(?<braces>\{[^}]*\})?(?!\s*\(|[\w:])/gi;
  return [...plain.matchAll(names)]
    .map(({ groups }) => ({ metric: groups?.['metric'] ?? '', braces: groups?.['braces'] ?? '' }))
    .filter(({ metric }) => !keywords.has(metric))
    .map(({ metric, braces }) => ({ metric, labels: [...braces.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label) }));
}

/** Every label that an expression groups or matches by. */
export function groupingLabelsIn(expr: string): string[] {
  return [...withoutStrings(expr).matchAll(grouping)].flatMap(({ groups }) =>
    (groups?.['labels'] ?? '').split(',').map((label) => label.trim()).filter(Boolean),
  );
}

/** Strings emptied; durations in brackets gone. */
function withoutStrings(expr: string): string {
  return expr.replaceAll(/"[^"]*"|'[^']*'/g, '""').replaceAll(/\[[^\]]*\]|\boffset \w+/g, ' ');
}

/** The labels of every metric in a text of the exposition format; of one that has no sample yet, none. */
export function metricsIn(exposition: string): Map<string, Set<string>> {
  const metrics = new Map<string, Set<string>>();
  const types = new Map<string, string>();
  for (const line of exposition.split('\n')) {
    const [, name, type] = /^# TYPE (\S+) (\S+)/.exec(line) ?? [];
    if (name !== undefined && type !== undefined) {
      types.set(name, type);
      const series = type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
      for (const each of series) metrics.set(each, metrics.get(each) ?? new Set());
    }
    const [, sampled, braces = ''] = /^([a-z_:][\w:]*)(\{.*\})? /i.exec(line) ?? [];
    if (sampled === undefined) continue;
    const labels = metrics.get(sampled) ?? new Set();
    for (const [, label = ''] of braces.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)) labels.add(label);
    metrics.set(sampled, labels);
  }
  return metrics;
}

/** A histogram's name for any of its series. */
export function familyOf(metric: string): string {
  return metric.replace(/_(bucket|sum|count)$/, '');
}
