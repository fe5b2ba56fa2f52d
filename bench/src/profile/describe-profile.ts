/** What `node --cpu-prof` writes, as far as it is read here. */
export interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  timeDeltas: number[];
}

interface Spent {
  name: string;
  microseconds: number;
}

/** Under these names V8 counts what belongs to no function. */
const idle = '(idle)';
const packageCount = 18;
const functionCount = 40;

/**
 * Self time by package, then by function, as shares of the time in which the process did something.
 *
 * @param skipMs how much of the beginning is left out: loading and compiling, which a process does once
 */
export function describeProfile(profile: CpuProfile, skipMs: number): string {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const byPackage = new Map<string, number>();
  const byFunction = new Map<string, number>();
  let at = 0;
  let idleFor = 0;
  let busyFor = 0;
  for (const [index, sample] of profile.samples.entries()) {
    const frame = frames.get(sample);
    const microseconds = profile.timeDeltas[index] ?? 0;
    at += microseconds;
    if (!frame || at < skipMs * 1000) continue;
    if (frame.functionName === idle) {
      idleFor += microseconds;
      continue;
    }
    busyFor += microseconds;
    const owner = ownerOf(frame.url, frame.functionName);
    add(byPackage, owner, microseconds);
    add(byFunction, `${owner}  ${frame.functionName || '(anonymous)'}  ${placeOf(frame.url, frame.lineNumber)}`, microseconds);
  }
  const line = ({ name, microseconds }: Spent) => `${((100 * microseconds) / busyFor).toFixed(1).padStart(5)} %  ${name}`;
  return [
    `busy ${(busyFor / 1e6).toFixed(1)} s, idle ${(idleFor / 1e6).toFixed(1)} s`,
    '',
    ...most(byPackage, packageCount).map(line),
    '',
    ...most(byFunction, functionCount).map(line),
  ].join('\n');
}

function ownerOf(url: string, functionName: string): string {
  if (url === '') return functionName.startsWith('(') ? functionName : 'v8';
  if (url.startsWith('node:')) return 'node';
  const installed = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (installed !== undefined) return installed;
  return /\/((?:packages|services|bench)\/[^/]+)/.exec(url)?.[1] ?? 'other';
}

function placeOf(url: string, lineNumber: number): string {
  return url === '' ? '' : `${url.split('/').slice(-2).join('/')}:${lineNumber + 1}`;
}

function add(sums: Map<string, number>, name: string, microseconds: number): void {
  sums.set(name, (sums.get(name) ?? 0) + microseconds);
}

function most(sums: ReadonlyMap<string, number>, count: number): Spent[] {
  return [...sums]
    .map(([name, microseconds]) => ({ name, microseconds }))
    .toSorted((one, other) => other.microseconds - one.microseconds)
    .slice(0, count);
}
