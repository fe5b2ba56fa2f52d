import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** A variable that the bench sets for every side. */
export function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: the bench starts this program`);
  return value;
}

/** Says to the bench that this side is up, and ends when it is asked to. */
export function sayUp(address = ''): void {
  process.on('SIGTERM', () => process.exit(0));
  console.log(JSON.stringify({ up: true, address }));
}

export async function listen(app: FastifyInstance): Promise<void> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  sayUp(`http://127.0.0.1:${port}`);
}
