import { randomBytes } from 'node:crypto';
import { openStore } from '@daypass/core/store/open-store';
import { createConfirmTotp } from '@daypass/core/totp/confirm-totp';
import { createEnrolTotp } from '@daypass/core/totp/enrol-totp';
import { hotp, stepAt, stepSeconds } from '@daypass/core/totp/totp-code';
import { ScureBase32Plugin } from 'otplib';
import type { Deployment } from './deployment.ts';
import { nextVisitor } from './visitors.ts';

/** An authenticator app that was enrolled an hour ago. */
export interface App {
  id: string;
  secret: Uint8Array;
  /** The code of this moment. */
  code(): string;
}

const atOnce = 32;
const format = { algorithm: 'SHA1', digits: 6 } as const;

/** What is prepared is nobody's request. */
const unlimited = async () => ({ ok: true as const, standings: [], refund: async () => undefined });

/** Makes, with the product's own functions, what a measurement uses up: each app can be used once in a step. */
export async function enrolApps({ keys, mongodbUrl }: Deployment, count: number): Promise<App[]> {
  const store = openStore(mongodbUrl, () => undefined);
  await store.connected;
  await store.ready();
  const longAgo = new Date(Date.now() - 3_600_000);
  const domain = { ...keys, enrolments: store.enrolments, spendLimits: unlimited, now: () => longAgo, randomBytes };
  const [enrol, confirm] = [createEnrolTotp(domain), createConfirmTotp(domain)];
  const base32 = new ScureBase32Plugin();

  const apps: App[] = [];
  const one = async () => {
    const { ip } = nextVisitor();
    const ticket = await enrol({ ip });
    if (!ticket.ok) throw new Error(`not enrolled: ${ticket.code}`);
    const key = { secret: base32.decode(ticket.secret), ...format };
    const confirmed = await confirm({ id: ticket.id, code: hotp(key, stepAt(longAgo)), ip });
    if (!confirmed.ok) throw new Error(`not confirmed: ${confirmed.code}`);
    apps.push({ id: ticket.id, secret: key.secret, code: () => hotp(key, stepAt(new Date())) });
  };
  while (apps.length < count) await Promise.all(Array.from({ length: Math.min(atOnce, count - apps.length) }, one));
  await store.close();
  return apps;
}

/** Waits, if the time step is about to end, for the next: codes are worked out before they are typed. */
export async function untilStepBegins(leftAtLeastMs: number): Promise<void> {
  const stepMs = stepSeconds * 1000;
  const leftMs = stepMs - (Date.now() % stepMs);
  if (leftMs < leftAtLeastMs) await new Promise((resolve) => setTimeout(resolve, leftMs + 10));
}
