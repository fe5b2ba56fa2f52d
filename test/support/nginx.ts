import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNginx } from '@daypass/tools/demo/find-nginx';
import { freePort } from '@daypass/tools/ports/free-port';
import { startLeashedProcess } from '@daypass/tools/processes/leashed-process';
import { repoDir } from '@daypass/tools/repo';
import { until } from '@daypass/tools/testing/until';

export interface Nginx {
  /** The origin that it protects. */
  url: string;
  lastLines(): readonly string[];
  stop(): Promise<void>;
}

const startDeadlineMs = 10_000;

/**
 * A real nginx with the configuration that docs/forward-auth.md shows. Of it only what stands for the reader's own is put
 * in: addresses, the name of the site, and plain http for TLS, because this is loopback.
 */
export async function startNginx(options: { application: string; daypass: string; site: string }): Promise<Nginx> {
  const { command, env } = await findNginx();
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
      `events {}\nhttp {\naccess_log off; types { text/html html; text/css css; } ${temporary.join(' ')}\n${servers}}\n`,
  );
  const server = startLeashedProcess({
    command,
    args: ['-p', dir, '-e', 'stderr', '-c', join(dir, 'nginx.conf'), '-g', 'daemon off;'],
    env,
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
