import type { operations } from './generated/types.ts';

type Body<Operation extends keyof operations> = operations[Operation] extends {
  requestBody: { content: { 'application/json': infer Sent } };
}
  ? Sent
  : never;

type Answer<Operation extends keyof operations, Code extends number> = operations[Operation] extends {
  responses: { [code in Code]: { content: { 'application/json': infer Given } } };
}
  ? Given
  : never;

/** What is asked for with a code. The site is that of the client. */
export type CodeRequest = Omit<Body<'requestCode'>, 'site' | 'proof'>;
/** A challenge that was opened: times in seconds. */
export type Ticket = Answer<'requestCode', 202>;
export type Status = Answer<'readCode', 200>;

/** A visitor is in. */
export type Grant = Answer<'verifyCode', 200>;
/** Where a site asks for two proofs: one is made, and `missing` says which is to come, with `halfPass` as `bearer`. */
export type HalfGrant = Answer<'verifyCode', 202>;
export type Admission = Grant | HalfGrant;

export type Enrolment = Answer<'enrolTotp', 201>;
export type ConfirmedAdmission = Answer<'confirmTotp', 200> | Answer<'confirmTotp', 202>;
export type Pass = Answer<'readPass', 200>;

/** Whether this is the whole pass. */
export function isGrant<Either extends Admission>(admission: Either): admission is Extract<Either, { accessToken: string }> {
  return 'accessToken' in admission;
}
