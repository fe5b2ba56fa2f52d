import { displayCode, generateCode, normalizeCode, type CodeFormat } from '../codes/code-format.ts';
import type { IndexKey } from '../keys/index-key.ts';
import { mac } from '../keys/mac.ts';
import type { RandomBytes } from '../ports.ts';

const recoveryCodes = 10;

/** 16 of 32 characters: 80 bits. */
const format: CodeFormat = { alphabet: 'alphanumeric', length: 16 };

/** Ten codes as they are shown, `ABCD-EFGH-JKMN-PQRS`, and the digests that are kept of them. */
export function makeRecoveryCodes(
  indexKey: IndexKey,
  id: string,
  randomBytes: RandomBytes,
): { shown: string[]; digests: string[] } {
  const codes = Array.from({ length: recoveryCodes }, () => generateCode(format, randomBytes));
  return {
    shown: codes.map((code) => displayCode(format, code)),
    digests: codes.map((code) => digest(indexKey, id, code)),
  };
}

/** What a typed recovery code is looked up by, or `undefined` when it cannot be one. */
export function digestRecoveryCode(indexKey: IndexKey, id: string, typed: string): string | undefined {
  const code = normalizeCode(format, typed);
  return code === undefined ? undefined : digest(indexKey, id, code);
}

function digest(indexKey: IndexKey, id: string, code: string): string {
  return mac(indexKey.recovery, [id, code]);
}
