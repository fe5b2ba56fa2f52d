import { readFile } from 'node:fs/promises';
import type { Site } from '@daypass/core/sites/site';
import type { Sites } from '@daypass/core/sites/sites';
import type { FastifyInstance } from 'fastify';
import { makePublicFile, sendPublicFile, type PublicFile } from '../http/public-file.ts';
import { iconFile } from './pages/layout.ts';

const hide = { schema: { hide: true } } as const;

/** What the hosted pages load: their script, and the pictures of the sites, from here and from nowhere else. */
export async function pageFileRoutes(scope: FastifyInstance, { sites }: { sites: Sites }): Promise<void> {
  const script = await readScript();
  const icon = await makePublicFile('image/svg+xml', iconFile);
  // As long as the site is: a reload of the sites file makes new ones.
  const logos = new WeakMap<Site, Promise<PublicFile>>();

  scope.get('/login.js', hide, (request, reply) => (script ? sendPublicFile(request, reply, script) : reply.callNotFound()));
  scope.get('/login/icon.svg', hide, (request, reply) => sendPublicFile(request, reply, icon));
  scope.get('/login/logo/:site', hide, async (request, reply) => {
    const site = sites.byId(String((request.params as Record<string, unknown>)['site']));
    const { logo } = site?.look ?? {};
    if (!site || logo === undefined) return reply.callNotFound();
    const file = logos.get(site) ?? readLogo(logo);
    logos.set(site, file);
    return sendPublicFile(request, reply, await file);
  });
}

/** `data:image/png;base64,…`, as the sites file was checked for. */
function readLogo(logo: string): Promise<PublicFile> {
  const [, type = '', data = ''] = /^data:([^;]+);base64,(.*)$/s.exec(logo) ?? [];
  return makePublicFile(type, Buffer.from(data, 'base64'));
}

/** As packages/client/build.ts makes it. Without it the forms do, page by page. */
async function readScript(): Promise<PublicFile | undefined> {
  try {
    return await makePublicFile('text/javascript; charset=utf-8', await readFile(new URL('hosted-page.js', import.meta.resolve('@daypass/client/element')), 'utf8'));
  } catch {
    return undefined;
  }
}
