import { holdPort } from './hold-port.ts';

/** A port nothing listens on at this moment. Another program may take it before its user does: be ready to ask again. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const held = await holdPort(host, 0);
  await held.release();
  return held.port;
}
