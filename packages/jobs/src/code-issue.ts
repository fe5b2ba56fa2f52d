import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { JobType } from './job-type.ts';

const base64url = '^[A-Za-z0-9_-]+$';

const schema = Type.Object(
  {
    v: Type.Literal(1),
    id: Type.String({ pattern: base64url, maxLength: 64 }),
    site: Type.String({ minLength: 1, maxLength: 64 }),
    envelope: Type.String({ pattern: base64url, maxLength: 2048 }),
    send: Type.Integer({ minimum: 1, maximum: 3 }),
  },
  { additionalProperties: false },
);
const compiled = Compile(schema);

/** "Mail the code of this challenge." Nothing in it can be read without the sealing keys. */
export type CodeIssue = Static<typeof schema>;

export const codeIssue: JobType<CodeIssue> = {
  name: 'code-issue',
  parse: (value) => (compiled.Check(value) ? value : undefined),
  idOf: ({ id, send }) => `${id}.${send}`,
  flowOf: ({ site }) => site,
  // A retry is cheap and the visitor is waiting: 1, 2, 4, 8, 15, 15 … s. What ends it is the site's patience, which
  // the handler knows; this many attempts outlast the longest.
  retry: { attempts: 250, firstDelayMs: 1_000, maxDelayMs: 15_000 },
  keepDoneSeconds: 15 * 60,
  keepFailedSeconds: 24 * 60 * 60,
};
