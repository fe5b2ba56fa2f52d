import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore, type Store } from '@daypass/core/store/open-store';
import { createConfirmTotp } from '@daypass/core/totp/confirm-totp';
import { createEnrolTotp, type EnrolTotpInput, type TotpTicket } from '@daypass/core/totp/enrol-totp';
import { hotp, stepAt, stepSeconds, type TotpKey } from '@daypass/core/totp/totp-code';
import type { ErrorCode, Refusal } from '@daypass/core/errors';
import mongoose from 'mongoose';
import { ScureBase32Plugin } from 'otplib';
import { createDomain } from './domain.ts';
import { databaseUrl } from './stores.ts';

/** A real database of a test's own. */
export async function openTestStore(): Promise<{ store: Store; raw: mongoose.Connection; close: () => Promise<void> }> {
  const url = databaseUrl(`totp-${randomBytes(6).toString('hex')}`);
  const store = openStore(url, () => undefined);
  const raw = await mongoose.createConnection(url).asPromise();
  await store.connected;
  await store.ready();
  return {
    store,
    raw,
    async close() {
      await store.close();
      await raw.dropDatabase();
      await raw.close();
    },
  };
}

/** The domain of the unit tests, with enrolments in the real store: what is tested of them is mostly the store. */
export function createTotpDomain({ enrolments }: Store) {
  return Object.assign(createDomain(), { enrolments });
}

export type TotpDomain = ReturnType<typeof createTotpDomain>;

/** An authenticator app: what it read, and the time as it sees it. */
export interface Phone {
  id: string;
  uri: string;
  key: TotpKey;
  /** The code of this moment, or of one so many seconds after the start. */
  code: (time: Date) => string;
}

const stepMs = stepSeconds * 1000;
const ip = '192.0.2.1';

/** Enrols an app, without confirming it. */
export async function enrol(domain: TotpDomain, input: Partial<EnrolTotpInput> = {}): Promise<Phone> {
  const ticket = await createEnrolTotp(domain)({ ip, ...input });
  if (!ticket.ok) throw new Error(`not enrolled: ${ticket.code}`);
  return phoneOf(ticket, domain.site.totp);
}

/** Enrols an app and confirms it with the code of the present step. */
export async function enrolAndConfirm(domain: TotpDomain, input: Partial<EnrolTotpInput> = {}) {
  const phone = await enrol(domain, input);
  const confirmed = await createConfirmTotp(domain)({ id: phone.id, code: phone.code(domain.time), ip });
  if (!confirmed.ok) throw new Error(`not confirmed: ${confirmed.code}`);
  return { ...phone, subject: confirmed.subject, recoveryCodes: confirmed.recoveryCodes };
}

/**
 * Waits, if the time step is about to end, for the next one: a code is right for a step, and a test that computes one
 * has to have it there before its time is over.
 */
export async function untilStepHasRoom(ms = 8_000): Promise<void> {
  const leftMs = stepMs - (Date.now() % stepMs);
  if (leftMs < ms) await sleep(leftMs + 10);
}

export function phoneOf({ id, uri, secret }: Pick<TotpTicket, 'id' | 'uri' | 'secret'>, format: Omit<TotpKey, 'secret'>): Phone {
  const bytes = new ScureBase32Plugin().decode(secret.replaceAll(' ', ''));
  const key = { secret: bytes, algorithm: format.algorithm, digits: format.digits };
  return { id, uri, key, code: (time) => hotp(key, stepAt(time)) };
}

/** A code that is right for no step within ten minutes of now. */
export function wrongTotpCode({ key }: Phone, now: Date): string {
  const near = new Set(Array.from({ length: 41 }, (_, index) => hotp(key, stepAt(now) - 20 + index)));
  let code = 0;
  while (near.has(String(code).padStart(key.digits, '0'))) code += 1;
  return String(code).padStart(key.digits, '0');
}

/** What an attempt is told, how the limits stand left out. */
export async function told<T extends { quotas?: unknown }>(attempt: Promise<T>): Promise<T> {
  const { quotas: _, ...outcome } = await attempt;
  return outcome as T;
}

export function refusal(code: ErrorCode, members: Partial<Refusal> = {}): Refusal {
  return { ok: false, code, ...members };
}

