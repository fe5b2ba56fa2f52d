import { writeFileSync } from 'node:fs';
import { connect, type AddressInfo, type NetConnectOpts } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { freePort } from '@daypass/tools/ports/free-port';
import { startLeashedProcess } from '@daypass/tools/processes/leashed-process';
import { defaultCacheDir } from '@daypass/tools/repo';
import { findRedis } from '@daypass/tools/stores/find-redis';
import { Redis } from 'ioredis';
import { selfSigned } from '../../deploy/self-signed.mjs';

/** A certificate for one host, in files, and its key. */
export interface Certificate {
  certPath: string;
  keyPath: string;
  key: string;
  certificate: string;
}

export function writeCertificate(dir: string, host: string): Certificate {
  const { key, certificate } = selfSigned(host, new Date());
  const [certPath, keyPath] = [join(dir, `${host}.crt`), join(dir, `${host}.key`)];
  writeFileSync(certPath, certificate);
  writeFileSync(keyPath, key, { mode: 0o600 });
  return { certPath, keyPath, key, certificate };
}

/** A Redis that is reached in plain on one port and by TLS on another. */
export async function startTlsRedis({ certPath, keyPath }: Certificate): Promise<{ url: string; tlsUrl: string; stop: () => Promise<void> }> {
  const { command, libraryPath } = await findRedis(defaultCacheDir);
  const [port, tlsPort] = [await freePort(), await freePort()];
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    'tls-port': String(tlsPort),
    'tls-cert-file': certPath,
    'tls-key-file': keyPath,
    'tls-auth-clients': 'no',
    save: '',
    'maxmemory-policy': 'noeviction',
  };
  const server = startLeashedProcess({
    command,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    env: { ...process.env, ...(libraryPath && { LD_LIBRARY_PATH: libraryPath }) },
  });
  const url = `redis://127.0.0.1:${port}`;
  const redis = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: 100 });
  redis.on('error', () => undefined); // It is not up yet.
  await redis.ping();
  redis.disconnect();
  return { url, tlsUrl: `rediss://localhost:${tlsPort}`, stop: () => server.stop() };
}

/** What a MongoDB that speaks TLS is to a driver: the engine of the tests speaks none itself. */
export async function startTlsFront({ key, certificate }: Certificate, upstream: NetConnectOpts): Promise<{ port: number; stop: () => void }> {
  const front = createServer({ key, cert: certificate }, (client) => {
    const server = connect(upstream);
    client.on('error', () => server.destroy()).on('close', () => server.destroy());
    server.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.pipe(server).pipe(client);
  });
  front.on('tlsClientError', () => undefined); // One that does not believe the certificate.
  await new Promise<void>((resolve) => {
    front.listen(0, '127.0.0.1', resolve);
  });
  return { port: (front.address() as AddressInfo).port, stop: () => void front.close() };
}
