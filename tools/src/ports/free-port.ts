import { holdPort } from './hold-port.ts';

/** Whoever asks for two gets two. */
const given = new Set<number>();

/** A port nothing listens on at this moment. Another program may take it before its user does: be ready to ask again. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (;;) {
    const held = await holdPort(host, 0);
    await held.release();
    if (!given.has(held.port)) {
      given.add(held.port);
      return held.port;
    }
  }
}
