import type { Row } from '../row.ts';
import { forwardAuth } from './forward-auth.ts';
import { latency } from './latency.ts';
import { memory } from './memory.ts';
import { request, requestBetterAuth } from './request.ts';
import { scaling } from './scaling.ts';
import { sweepVerify } from './sweep-verify.ts';
import { sweep } from './sweep.ts';
import { totpEnrol, totpVerify } from './totp.ts';
import { verify, verifyBetterAuth } from './verify.ts';
import { worker } from './worker.ts';

/** In the order in which they are measured and shown. */
export const rows: readonly Row[] = [
  request,
  requestBetterAuth,
  verify,
  verifyBetterAuth,
  forwardAuth,
  totpVerify,
  totpEnrol,
  worker,
  latency,
  scaling,
  sweep,
  sweepVerify,
  memory,
];
