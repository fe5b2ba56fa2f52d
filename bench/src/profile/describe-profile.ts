/** What `node --cpu-prof` writes, as far as it is read here. */
export interface CpuProfile {
  nodes: ProfileNode[];
  samples: number[];
  timeDeltas: number[];
}

interface ProfileNode {
  id: number;
  callFrame: { functionName: string; url: string; lineNumber: number };
  children?: number[];
}

const idle = '(idle)';
const packageCount = 20;
const functionCount = 45;

/**
 * Where the time went, as shares of the time in which the process did something: by package, then by function. What
 * Node and V8 do is on the account of whoever called them, and of Node where nobody did.
 *
 * @param skipMs how much of the beginning is left out: loading and compiling, which a process does once
 * @param count how often the process did what it is for in the rest
 */
export function describeProfile({ nodes, samples, timeDeltas }: CpuProfile, skipMs: number, count: number): string {
  const accounts = accountsOf(nodes);
  const byPackage = new Map<string, number>();
  const byFunction = new Map<string, number>();
  let at = 0;
  let idleFor = 0;
  let busyFor = 0;
  for (const [index, sample] of samples.entries()) {
    const account = accounts.get(sample);
    const microseconds = timeDeltas[index] ?? 0;
    at += microseconds;
    if (!account || at < skipMs * 1000) continue;
    if (account.name === idle) {
      idleFor += microseconds;
      continue;
    }
    busyFor += microseconds;
    add(byPackage, account.owner, microseconds);
    add(byFunction, `${account.owner}  ${account.name}`, microseconds);
  }
  const shares = (microseconds: number) =>
    `${((100 * microseconds) / busyFor).toFixed(1).padStart(5)} % ${(microseconds / count).toFixed(1).padStart(7)} µs`;
  const lines = (sums: ReadonlyMap<string, number>, most: number) =>
    [...sums]
      .toSorted(([, one], [, other]) => other - one)
      .slice(0, most)
      .map(([name, microseconds]) => `${shares(microseconds)}  ${name}`);
  return [
    `busy ${(busyFor / 1e6).toFixed(1)} s, idle ${(idleFor / 1e6).toFixed(1)} s, ${count} times ${(busyFor / count).toFixed(0)} µs`,
    '',
    ...lines(byPackage, packageCount),
    '',
    ...lines(byFunction, functionCount),
  ].join('\n');
}

/** On whose account a node's own time goes. */
interface Account {
  owner: string;
  name: string;
}

function accountsOf(nodes: readonly ProfileNode[]): Map<number, Account> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const accounts = new Map<number, Account>();
  const visit = (node: ProfileNode, caller: Account | undefined) => {
    const account = accountOf(node, caller);
    accounts.set(node.id, account);
    for (const child of node.children ?? []) {
      const childNode = byId.get(child);
      if (childNode) visit(childNode, account);
    }
  };
  const [root] = nodes;
  if (root) visit(root, undefined);
  return accounts;
}

function accountOf({ callFrame: { functionName, url, lineNumber } }: ProfileNode, caller: Account | undefined): Account {
  // "(idle)", "(garbage collector)" and their like belong to nobody.
  if (functionName.startsWith('(') && url === '') return { owner: 'v8', name: functionName };
  const owner = ownerOf(url);
  if (owner === undefined) return caller && caller.owner !== 'v8' ? caller : { owner: 'node', name: functionName };
  // Node's own packages, such as the one that reads modules, have no path to speak of.
  return { owner, name: `${functionName || '(anonymous)'}  ${url.split('/').slice(-2).join('/')}:${lineNumber + 1}` };
}

/** The package that a file is of; `undefined` when it is part of Node. */
function ownerOf(url: string): string | undefined {
  const installed = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  return installed ?? /\/((?:packages|services|bench)\/[^/]+)/.exec(url)?.[1];
}

function add(sums: Map<string, number>, name: string, microseconds: number): void {
  sums.set(name, (sums.get(name) ?? 0) + microseconds);
}
