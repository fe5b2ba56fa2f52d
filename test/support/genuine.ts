import type { Puzzle } from '@daypass/core/puzzles/puzzle';
import { until } from '@daypass/tools/testing/until';
import { solvePuzzle } from './solve-puzzle.ts';
import type { System } from './system.ts';
import { phoneOf, untilStepHasRoom } from './totp.ts';

/** Something that a Daypass made, and what somebody who has it may bring along. */
export interface Held {
  id: string;
  /** The pass that was given for it. */
  headers: Record<string, string>;
}

/** Makes things that are genuine, and remembers what of them nobody else may read. */
export function createGenuine(system: System, site: { format: { algorithm: 'SHA1'; digits: 6 }; thatWantsWork: string }) {
  const secrets: string[] = [];
  const bearer = (pass: unknown) => ({ authorization: `Bearer ${keep(pass)}` });

  function keep(secret: unknown): string {
    if (typeof secret !== 'string' || secret.length < 6) throw new Error('not a secret');
    secrets.push(secret);
    return secret;
  }

  /** Asked for. Its mail waits as long as no worker runs. */
  async function queued() {
    const visitor = system.visitor();
    keep(visitor.email);
    return { visitor, id: await visitor.ask(), headers: {} };
  }

  async function sent() {
    const asked = await queued();
    const code = keep(await asked.visitor.code());
    await until('its mail is told as sent', async () => (await asked.visitor.get(`/v1/codes/${asked.id}`)).body['delivery'] === 'sent');
    return { ...asked, code };
  }

  async function used() {
    const { visitor, id, code } = await sent();
    const { body } = await visitor.verify(id, code);
    return { id, email: visitor.email, device: keep(body['device']), headers: bearer(body['accessToken']) };
  }

  async function enrolled(): Promise<Held> {
    const { body } = await system.visitor().post('/v1/totp', {});
    keep(body['secret']);
    return { id: String(body['id']), headers: {} };
  }

  async function confirmed(): Promise<Held> {
    const visitor = system.visitor();
    const { body } = await visitor.post('/v1/totp', {});
    const phone = phoneOf({ id: String(body['id']), uri: '', secret: keep(body['secret']) }, site.format);
    await untilStepHasRoom();
    const { body: grant } = await visitor.post(`/v1/totp/${phone.id}/confirm`, { code: phone.code(new Date()) });
    for (const code of grant['recoveryCodes'] as string[]) keep(code);
    return { id: phone.id, headers: bearer(grant['accessToken']) };
  }

  /** The solution of a puzzle, as it is before it is put into base64. */
  async function solved(): Promise<{ challenge: Puzzle; solution: object }> {
    const visitor = system.visitor();
    const { body } = await visitor.post('/v1/codes', { email: keep(visitor.email), site: site.thatWantsWork });
    return JSON.parse(Buffer.from(await solvePuzzle(body['proof'] as Puzzle), 'base64').toString()) as { challenge: Puzzle; solution: object };
  }

  return { secrets, queued, sent, used, enrolled, confirmed, solved };
}
