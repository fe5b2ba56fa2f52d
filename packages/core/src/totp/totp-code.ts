import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { NodeCryptoPlugin } from '@otplib/plugin-crypto-node';
import { generateSync } from 'otplib';
import { normalizeCode } from '../codes/code-format.ts';
import type { Enrolment, Stray, TotpFormat } from './enrolment.ts';

/** RFC 6238 §4: the time step. */
export const stepSeconds = 30;

/** RFC 6238 §5.2: one step to either side, for slow typing and clocks that are a little off. */
const acceptedDrift = 1;

/** How far off a phone's clock may be and still be told so: five minutes. */
const toldDrift = 10;

/** What codes are made from. */
export interface TotpKey extends TotpFormat {
  secret: Uint8Array;
}

/** With a KeyObject an HMAC begins three times as fast as with the bytes of a key. */
class KeyObjectPlugin extends NodeCryptoPlugin {
  override hmac(algorithm: 'sha1' | 'sha256' | 'sha512', key: Uint8Array, data: Uint8Array): Uint8Array {
    return createHmac(algorithm, createSecretKey(key)).update(data).digest();
  }
}
const crypto = new KeyObjectPlugin();

/** The code of one counter (RFC 4226 §5.3). */
export function hotp({ secret, algorithm, digits }: TotpKey, counter: number): string {
  const hash = algorithm.toLowerCase() as 'sha1' | 'sha256' | 'sha512';
  return generateSync({ strategy: 'hotp', secret, counter, digits, algorithm: hash, crypto });
}

/** The number of whole steps since 1970 (RFC 6238 §4.2). */
export function stepAt(time: Date): number {
  return Math.floor(time.getTime() / 1000 / stepSeconds);
}

/** The digits of a typed code, or `undefined` when it cannot be a code of this format. */
export function readTotpCode({ digits }: TotpFormat, typed: string): string | undefined {
  return normalizeCode({ alphabet: 'numeric', length: digits }, typed);
}

/**
 * The step near the present that a code is right for. The highest, should it be right for two: a code must not work
 * a second time. It takes as long for a wrong code as for a right one.
 */
export function matchStep(key: TotpKey, code: string, now: Date): number | undefined {
  const current = stepAt(now);
  return rightSteps(key, code, current - acceptedDrift, current + acceptedDrift).at(-1);
}

/**
 * What a rejected code would have been right for: a step too far off to be accepted, but near enough for a clock that
 * is only set wrong, and never one that was accepted or typed before.
 */
export function findStray(
  key: TotpKey,
  code: string,
  now: Date,
  { lastStep, burntSteps }: Pick<Enrolment, 'lastStep' | 'burntSteps'>,
): Stray | undefined {
  const current = stepAt(now);
  const step = rightSteps(key, code, current - toldDrift, current + toldDrift)
    .filter((right) => Math.abs(right - current) > acceptedDrift)
    .find((right) => right > lastStep && !burntSteps.includes(right));
  return step === undefined ? undefined : { step, drift: step - current };
}

/**
 * How far off a phone's clock is, in seconds, once two wrong codes say the same (RFC 6238 §6): they were right for
 * consecutive steps, and off by as much. A step more or less is when the codes were typed.
 */
export function agreedSkewSeconds(before: Stray | null, stray: Stray): number | undefined {
  if (before?.step !== stray.step - 1 || Math.abs(before.drift - stray.drift) > 1) return undefined;
  return stray.drift * stepSeconds;
}

function rightSteps(key: TotpKey, code: string, from: number, to: number): number[] {
  const typed = Buffer.from(code);
  const steps = Array.from({ length: to - from + 1 }, (_, index) => from + index).filter((step) => step >= 0);
  return steps.filter((step) => timingSafeEqual(Buffer.from(hotp(key, step)), typed));
}
