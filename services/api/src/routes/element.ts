import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { locales } from '@daypass/messages/locale';
import { flows } from '@daypass/messages/messages';
import { Type } from 'typebox';
import { makePublicFile, sendPublicFile, type PublicFile } from '../http/public-file.ts';
import type { SendProblem } from '../http/send-problem.ts';
import type { TypedApp } from '../http/typed-app.ts';

/** The `<day-pass>` element for the pages of sites, and what it says in other languages than English. */
export async function elementRoutes(app: TypedApp, dependencies: { sendProblem: SendProblem }): Promise<void> {
  const { sendProblem } = dependencies;
  const script = await readScript();
  if (!script) app.log.warn('there is no /day-pass.js: node packages/client/build.ts makes it, which needs the dev packages (pnpm install without --prod)');
  const texts = new Map<string, PublicFile>();
  for (const locale of locales) {
    texts.set(locale, await makePublicFile('application/json; charset=utf-8', JSON.stringify(flows[locale])));
  }

  app.get('/day-pass.js', { schema: { hide: true } }, (request, reply) =>
    script ? sendPublicFile(request, reply, script) : sendProblem(reply, 'not_found'),
  );

  const params = Type.Object({ locale: Type.String({ maxLength: 16 }) });
  app.get('/day-pass/:locale.json', { schema: { hide: true, params } }, (request, reply) => {
    const file = texts.get(request.params.locale);
    return file ? sendPublicFile(request, reply, file) : sendProblem(reply, 'not_found');
  });
}

/** As packages/client/build.ts makes it. A process without it lets people in all the same, by their own pages. */
async function readScript(): Promise<PublicFile | undefined> {
  try {
    const path = fileURLToPath(import.meta.resolve('@daypass/client/element'));
    return await makePublicFile('text/javascript; charset=utf-8', await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}
