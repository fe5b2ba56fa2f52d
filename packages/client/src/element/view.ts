import type { flow } from '@daypass/messages/locales/en';
import type { Grant, Status } from '../types.ts';
import type { CodeShape } from './typed-code.ts';

export type FlowKey = keyof typeof flow;

export type Step = 'address' | 'code' | 'totp' | 'recovery' | 'done';

/** A message, and the figures in it. */
export interface Told {
  key: FlowKey;
  count?: number | undefined;
  /** Seconds from now. */
  inSeconds?: number | undefined;
}

/** All that is to be seen. */
export interface View {
  step: Step;
  /** Waiting for an answer; nothing else is done meanwhile. */
  busy: boolean;
  /** Solving a puzzle: how far that is, from 0 to 1. */
  proving: number | undefined;
  /** As it was typed. Not known after a reload. */
  address: string;
  shape: CodeShape;
  delivery: Status['delivery'] | undefined;
  /** When the code may be mailed again: milliseconds since 1970. `undefined` when it may not. */
  resendAt: number | undefined;
  /** The code is over: all that is left is to ask for another one. */
  over: boolean;
  /** Why the last try did not get any further. */
  errors: Told[];
  note: Told | undefined;
  /** Whether this browser has an authenticator app to get in with. */
  hasApp: boolean;
  grant: Grant | undefined;
}
