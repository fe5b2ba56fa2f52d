import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { parseSites } from '@daypass/core/sites/parse-sites';
import { readEnvironment } from '@daypass/runtime/read-environment';
import type { Variable } from '@daypass/runtime/variable';
import { runCommand } from '@daypass/tools/processes/run-command';
import { repoDir } from '@daypass/tools/repo';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { doctor } from '../../packages/cli/src/commands/doctor.ts';
import { variables as api } from '../../services/api/src/config.ts';
import { variables as mailerWorker } from '../../services/mailer-worker/src/config.ts';
import { variables as sweeper } from '../../services/sweeper/src/config.ts';
import { daypassCommand } from '../support/daypass-command.ts';

interface Container {
  image?: string;
  build?: { context: string; dockerfile: string; args: { SERVICE: string } };
  command?: string[];
  container_name?: string;
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  networks?: string[];
  depends_on?: Record<string, { condition: string }>;
}
interface Compose {
  services: Record<string, Container>;
  networks: Record<string, unknown>;
  volumes: Record<string, unknown>;
}

const read = (path: string) => readFileSync(join(repoDir, path), 'utf8');
const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose;
const containers = Object.entries(compose.services);
const services: Record<string, Record<string, Variable<unknown>>> = { api, 'mailer-worker': mailerWorker, sweeper };
/** Those of .env.example. */
const settings = [...read('.env.example').matchAll(/^#?([A-Z][A-Z_]+)=/gm)].map(([, name = '']) => name);
/** Read by Node itself. */
const nodesOwn = new Set(['NODE_EXTRA_CA_CERTS']);

let keys: string;
beforeAll(async () => {
  keys = mkdtempSync(join(tmpdir(), 'daypass-keys-'));
  await makeKeys();
});
afterAll(() => rmSync(keys, { recursive: true, force: true }));

const makeKeys = () => runCommand(process.execPath, [join(repoDir, 'deploy/make-keys.mjs'), keys], { timeoutMs: 10_000 });

test('.env.example names what the services read, and nothing else', () => {
  const variables = Object.values(services).flatMap((each) => Object.values(each).map(({ name }) => name));
  expect(settings.toSorted()).toEqual([...new Set(variables)].toSorted());
});

describe('docker-compose.yml', () => {
  test('runs each of our services, and of none that is not there', () => {
    const folders = globSync('services/*', { cwd: repoDir }).map((path) => path.replace('services/', ''));
    const built = containers.filter(([, { build }]) => build).map(([name, { build }]) => ({ name, SERVICE: build?.args.SERVICE }));
    const ours = folders.map((name) => ({ name, SERVICE: name }));
    expect(built).toEqual(expect.arrayContaining(ours));
    expect(built).toHaveLength(ours.length + 2);
    expect(built).toContainEqual({ name: 'keys', SERVICE: 'api' });
    expect(built).toContainEqual({ name: 'daypass', SERVICE: 'mailer-worker' });
  });

  test.each(Object.keys(services))('gives %s what it reads, and nothing that it does not', (name) => {
    const known = Object.values(services[name] ?? {}).flatMap(({ name: variable, secret }) => (secret ? [variable, `${variable}_FILE`] : [variable]));
    const given = Object.keys(compose.services[name]?.environment ?? {});
    expect(given.filter((variable) => !known.includes(variable) && !nodesOwn.has(variable))).toEqual([]);
    const wanted = Object.values(services[name] ?? {}).map((variable) => variable.name);
    expect(wanted.filter((variable) => !given.includes(variable) && !given.includes(`${variable}_FILE`))).toEqual([]);
  });

  test.each(Object.keys(services))('starts %s without any setting: every value is there and is one it takes', (name) => {
    expect(readEnvironment(services[name] ?? {}, givenTo(name))).toMatchObject({
      opsInsecure: true,
      opsPort: { api: 9100, 'mailer-worker': 9101, sweeper: 9102 }[name],
    });
  });

  test('gives daypass, which looks at them, all settings that it gives to a service, but the signing keys', () => {
    const given = Object.keys(services).flatMap((name) => Object.entries(compose.services[name]?.environment ?? {}));
    const taken = given.filter(([variable, value]) => value.includes('${') || variable.endsWith('_FILE'));
    const wanted = Object.fromEntries(taken.filter(([variable]) => variable !== 'DAYPASS_SIGNING_KEYS_FILE'));
    expect(Object.keys(wanted)).toEqual(expect.arrayContaining(['PUBLIC_URL', 'TRUSTED_PROXIES', 'OPS_USERS', 'SMTP_URL', 'DAYPASS_SECRETS_FILE']));
    expect(compose.services['daypass']?.environment).toMatchObject(wanted);
    expect(JSON.stringify(compose.services['daypass'])).not.toMatch(/signing/i);
  });

  test('lets daypass find that the mailer worker and the sweeper start, and what it does not see of the API', async () => {
    const nowhere = { REDIS_URL: 'redis://127.0.0.1:1', MONGODB_URL: 'mongodb://127.0.0.1:1/x', SMTP_URL: 'smtp://127.0.0.1:1' };
    const given = { ...givenTo('daypass'), ...nowhere };
    const { out } = await daypassCommand(doctor, [], given);
    expect(out).toMatch(/^ok {3}environment: complete for the mailer worker and the sweeper$/m);
    expect(out.match(/^\w+ +environment: .*/gm)).toEqual([expect.stringContaining('DAYPASS_SIGNING_KEYS is not set'), expect.stringContaining('complete')]);
    const proxied = await daypassCommand(doctor, [], { ...given, PUBLIC_URL: 'https://login.example' });
    expect(proxied.out).toMatch(/^warn proxies/m);
  });

  test('takes from .env only what .env.example names', () => {
    const named = [...read('docker-compose.yml').matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name.replace(/_FILE$/, ''));
    for (const name of named) expect(settings).toContain(name);
  });

  test('gives each process the keys it needs, to read, and the signing keys to the API alone', () => {
    const mounted = (name: string) => compose.services[name]?.volumes;
    const sealingAndIndex = ['sealing-keys:/keys/sealing:ro', 'index-key:/keys/index:ro'];
    const sites = './deploy/sites:/etc/daypass:ro';
    expect(mounted('api')).toEqual([...sealingAndIndex, 'signing-keys:/keys/signing:ro', sites]);
    expect(mounted('mailer-worker')).toEqual([...sealingAndIndex, 'mailpit-keys:/keys/mailpit:ro', sites]);
    expect(mounted('sweeper')).toEqual(['sealing-keys:/keys/sealing:ro']);
  });

  test('has an example of a sites file that would do', () => {
    expect(parseSites(read('deploy/sites/example.yaml'), { now: new Date(), needsEnd: true })).toMatchObject({ ok: true });
  });

  test('pins every image to a version', () => {
    const images = containers.flatMap(([, { image }]) => image ?? []);
    expect(images.length).toBeGreaterThan(3);
    for (const image of images) expect(image).toMatch(/:v?\d+\.\d+\.\d+$/);
  });

  test('publishes to this machine only, and neither names nor publishes what may be scaled', () => {
    for (const [, { ports = [] }] of containers) for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    for (const [, { container_name: fixed }] of containers) expect(fixed).toBeUndefined();
    for (const name of ['mailer-worker', 'sweeper', 'redis', 'mongo']) expect(compose.services[name]?.ports).toBeUndefined();
  });

  test('names only networks, volumes, files and services that are there', () => {
    const isThere = (volume: string) => (volume.startsWith('./') ? existsSync(join(repoDir, volume)) : volume in compose.volumes);
    for (const [, { networks = [], volumes = [], depends_on: needs = {} }] of containers) {
      expect(networks.filter((network) => !(network in compose.networks))).toEqual([]);
      expect(volumes.filter((volume) => !isThere(volume.split(':')[0] ?? ''))).toEqual([]);
      expect(Object.keys(needs).filter((name) => !(name in compose.services))).toEqual([]);
    }
  });

  test('keeps what Redis acknowledged, and throws no job away', () => {
    const command = compose.services['redis']?.command?.join(' ');
    expect(command).toContain('--appendonly yes --appendfsync everysec');
    expect(command).toContain('--maxmemory-policy noeviction');
  });

  test('lets Prometheus find every process by the name and port it has here', () => {
    interface Job {
      job_name: string;
      dns_sd_configs: { names: string[]; port: number }[];
    }
    const { scrape_configs: jobs } = parse(read('deploy/prometheus/prometheus.yml')) as { scrape_configs: Job[] };
    const watched = new Set(compose.services['prometheus']?.networks);
    const found = jobs.map(({ job_name: job, dns_sd_configs: [first] }) => ({ job, name: first?.names[0] ?? '', port: String(first?.port) }));
    expect(found).toEqual(
      Object.keys(services).map((name) => ({ job: `daypass-${name}`, name, port: compose.services[name]?.environment?.['OPS_PORT'] })),
    );
    for (const { name } of found) expect(compose.services[name]?.networks?.some((network) => watched.has(network))).toBe(true);
  });
});

describe('deploy/Dockerfile', () => {
  const lines = read('deploy/Dockerfile').replaceAll('\\\n', '').split('\n').filter((line) => /^[A-Z]/.test(line));
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
  const argumentsOf = (instruction: string) =>
    lines.filter((line) => line.startsWith(`${instruction} `)).map((line) => line.slice(instruction.length + 1));

  test('is what docker-compose.yml builds', () => {
    const files = containers.flatMap(([, { build }]) => (build ? join(build.context, build.dockerfile) : []));
    expect(new Set(files)).toEqual(new Set(['deploy/Dockerfile']));
  });

  test('copies what is there, and what .dockerignore lets in', () => {
    const allowed = read('.dockerignore').split('\n').filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    const copied = argumentsOf('COPY').filter((rest) => !rest.startsWith('--from='));
    const sources = copied.flatMap((rest) => rest.split(/\s+/).slice(0, -1));
    const paths = sources.flatMap((source) => Object.keys(services).map((service) => source.replaceAll('${SERVICE}', service)));
    expect(paths.filter((path) => globSync(path, { cwd: repoDir }).length === 0)).toEqual([]);
    expect(sources.filter((source) => !allowed.some((each) => source === each || source.startsWith(`${each}/`)))).toEqual([]);
  });

  test('runs the Node of this repository, and the pnpm that its tools bring', () => {
    for (const image of argumentsOf('FROM')) expect(image).toContain(`node:${read('.node-version').trim()}-`);
    const ofTools = /PNPM = '(?<version>[\d.]+)'/.exec(read('tools/bootstrap/bring-node.mjs'))?.groups?.['version'];
    expect(lines).toContain(`RUN npm install --global --ignore-scripts pnpm@${ofTools}`);
  });

  test('installs by the lockfile, without what only development needs', () => {
    const [install] = argumentsOf('RUN').filter((command) => command.includes('pnpm install'));
    for (const option of ['--prod', '--frozen-lockfile', '--filter "@daypass/${SERVICE}..."', '--filter "@daypass/cli..."']) expect(install).toContain(option);
  });

  test('ends as a user that is not root, and says how its health is asked for', () => {
    expect(last.filter((line) => line.startsWith('USER '))).toEqual(['USER node']);
    expect(last.findIndex((line) => line.startsWith('USER '))).toBeLessThan(last.findIndex((line) => line.startsWith('CMD ')));
    expect(last.some((line) => line.startsWith('HEALTHCHECK ') && line.includes('/app/deploy/healthcheck.mjs'))).toBe(true);
    for (const [name, variables] of Object.entries(services)) {
      const port = Object.values(variables).find((variable) => variable.name === 'OPS_PORT')?.fallback;
      expect(read('deploy/healthcheck.mjs')).toMatch(new RegExp(`'?${name}'?: ${port}\\b`));
    }
  });
});

describe('deploy/make-keys.mjs', () => {
  test('makes each key once, for its owner alone', async () => {
    const files = globSync('*/*', { cwd: keys });
    expect(files.toSorted()).toEqual([
      'index/DAYPASS_INDEX_KEY',
      'mailpit/key-and-certificate.pem',
      'sealing/DAYPASS_SECRETS',
      'signing/DAYPASS_SIGNING_KEYS',
    ]);
    for (const file of files) expect(statSync(join(keys, file)).mode & 0o777).toBe(0o600);
    const contents = () => files.map((file) => readFileSync(join(keys, file), 'utf8'));
    const first = contents();
    expect(await makeKeys()).toEqual([]);
    expect(contents()).toEqual(first);
  });

  test('makes a certificate that a worker believes of mailpit and of nobody else, and nobody believes unasked', async () => {
    const pem = readFileSync(join(keys, 'mailpit/key-and-certificate.pem'));
    const server = createServer((socket) => {
      new TLSSocket(socket, { isServer: true, key: pem, cert: pem }).on('error', () => undefined);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    const connect = async (host: string, env: NodeJS.ProcessEnv) => {
      const script = `require('node:tls').connect({ host: '127.0.0.1', port: ${port}, servername: '${host}' })
        .on('secureConnect', () => { console.log('believed'); process.exit(); })
        .on('error', (error) => { console.log(error.code); process.exit(); });`;
      const [said] = await runCommand(process.execPath, ['-e', script], { env: { PATH: process.env['PATH'], ...env }, timeoutMs: 10_000 });
      return said;
    };
    const extra = { NODE_EXTRA_CA_CERTS: join(keys, 'mailpit/key-and-certificate.pem') };
    expect(await connect('mailpit', extra)).toBe('believed');
    expect(await connect('mail.example.com', extra)).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(await connect('mailpit', {})).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
    await new Promise((resolve) => server.close(resolve));
  });
});

/** What a container is given where there is no .env, with the keys that were made for these tests. */
function givenTo(name: string): NodeJS.ProcessEnv {
  const given = Object.entries(compose.services[name]?.environment ?? {});
  return Object.fromEntries(given.map(([variable, value]) => [variable, withDefaults(value).replace(/^\/keys\//, `${keys}/`)]));
}

/** `${NAME:-default}` as Compose reads it when NAME is not set. */
function withDefaults(value: string): string {
  return value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
}
