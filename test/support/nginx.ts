import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from '@daypass/tools/ports/free-port';
import { findOnPath } from '@daypass/tools/processes/find-on-path';
import { startLeashedProcess } from '@daypass/tools/processes/leashed-process';
import { runCommand } from '@daypass/tools/processes/run-command';
import { defaultCacheDir, repoDir } from '@daypass/tools/repo';
import { unpackDebian } from '@daypass/tools/stores/unpack-debian';
import { until } from '@daypass/tools/testing/until';

export interface Nginx {
  /** The origin that it protects. */
  url: string;
  lastLines(): readonly string[];
  stop(): Promise<void>;
}

const home = join(defaultCacheDir, `nginx-${process.arch}`);
const startDeadlineMs = 10_000;

/** From PATH, else from the cache, else fetched from the Debian packages into the cache: root or not, no daemon. */
async function findNginx(): Promise<string> {
  const onPath = findOnPath('nginx');
  if (onPath) return onPath;
  if (!existsSync(home)) {
    if (!findOnPath('apt-get') || !findOnPath('dpkg')) throw new Error('There is no nginx on PATH. Install it to test forward-auth.');
    await unpackDebian({ packages: ['nginx-light'], into: home, verify: async (part) => void (await runNginx(join(part, 'usr/sbin/nginx'), ['-v'], part)) });
  }
  return join(home, 'usr/sbin/nginx');
}

const runNginx = (command: string, args: string[], part = home) =>
  runCommand(command, args, { timeoutMs: 10_000, env: { ...process.env, LD_LIBRARY_PATH: librariesOf(part) } });

function librariesOf(part: string): string {
  const folders = ['usr/lib', 'lib'].map((folder) => join(part, folder)).filter((folder) => existsSync(folder));
  return [...folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name))), ...folders].join(delimiter);
}

/**
 * A real nginx with the configuration that docs/forward-auth.md shows. Of it only what stands for the reader's own is put
 * in: addresses, the name of the site, and plain http for TLS, because this is loopback.
 */
export async function startNginx(options: { application: string; daypass: string; site: string }): Promise<Nginx> {
  const command = await findNginx();
  const dir = await mkdtemp(join(tmpdir(), 'daypass-nginx-'));
  const port = await freePort();
  const documented = /```nginx\n(.*?)```/s.exec(await readFile(join(repoDir, 'docs/forward-auth.md'), 'utf8'))?.[1] ?? '';
  const servers = documented
    .replace('127.0.0.1:8081', new URL(options.application).host)
    .replace('127.0.0.1:3000', `127.0.0.1:${new URL(options.daypass).port}`)
    .replace('listen 443 ssl;', `listen 127.0.0.1:${port};`)
    .replaceAll(/ *ssl_certificate.*\n/g, '')
    .replace('site=intranet', `site=${options.site}`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${dir}/${name};`);
  await writeFile(
    join(dir, 'nginx.conf'),
    `pid ${dir}/nginx.pid; worker_processes 1; ${process.getuid?.() === 0 ? 'user root;' : ''}\n` +
      `events {}\nhttp {\naccess_log off; ${temporary.join(' ')}\n${servers}}\n`,
  );
  const server = startLeashedProcess({
    command,
    args: ['-p', dir, '-e', 'stderr', '-c', join(dir, 'nginx.conf'), '-g', 'daemon off;'],
    env: { PATH: process.env['PATH'], LD_LIBRARY_PATH: librariesOf(home) },
  });
  const url = `http://127.0.0.1:${port}`;
  const answers = () => fetch(`${url}/.daypass/leave`).then(({ ok }) => ok, () => false);
  await until('nginx answers', answers, startDeadlineMs).catch((error: unknown) => {
    throw new Error(server.lastLines().join('\n'), { cause: error });
  });
  return {
    url,
    lastLines: () => server.lastLines(),
    async stop() {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
