import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port nothing listens on at this moment. Another program may take it before its user does: be ready to ask again. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening', { signal: AbortSignal.timeout(2_000) });
  const address = server.address();
  server.close();
  if (!address || typeof address === 'string') throw new Error(`No free port on ${host}`);
  return address.port;
}
