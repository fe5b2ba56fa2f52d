import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { processIdentity } from './process-identity.mjs';

/**
 * A folder beside `path` to build its content in, renamed to `path` when it is whole. What interrupted builds have
 * left there is removed.
 */
export function partFolder(path) {
  const parent = dirname(path);
  mkdirSync(parent, { recursive: true });
  const prefix = `${basename(path)}.part-`;
  for (const name of readdirSync(parent).filter((each) => each.startsWith(prefix))) {
    const builder = Number.parseInt(name.slice(prefix.length), 10);
    if (!processIdentity(builder)) rmSync(join(parent, name), { recursive: true, force: true });
  }
  const part = mkdtempSync(join(parent, `${prefix}${process.pid}-`));
  chmodSync(part, 0o755); // it holds programs, for whoever uses this clone
  return part;
}
