import type { SigningKeys } from '@daypass/core/keys/signing-keys';
import { escapeHtml } from '@daypass/runtime/escape-html';
import { Type } from 'typebox';
import { sendPage } from '../http/page.ts';
import type { SendProblem } from '../http/send-problem.ts';
import type { TypedApp } from '../http/typed-app.ts';
import { isProblemCode, problems, type ProblemType } from '../problems.ts';

/** What anyone may read and keep for a while: the keys, the reference document, the problem pages. */
export function publicDocumentRoutes(
  app: TypedApp,
  dependencies: { signingKeys: SigningKeys; sendProblem: SendProblem },
): void {
  const { signingKeys, sendProblem } = dependencies;
  const hide = { schema: { hide: true } } as const;

  app.get('/', hide, (_request, reply) => reply.redirect('/docs'));

  app.get('/.well-known/jwks.json', { schema: { operationId: 'readKeys', tags: ['Access'], summary: 'The keys that passes are signed with' } }, (_request, reply) =>
    reply.header('cache-control', 'public, max-age=300').type('application/jwk-set+json').send(JSON.stringify(signingKeys.jwks)),
  );

  app.get('/openapi.json', hide, (_request, reply) =>
    reply.header('cache-control', 'public, max-age=300').type('application/json').send(JSON.stringify(app.swagger())),
  );

  const params = Type.Object({ code: Type.String({ maxLength: 64 }) });
  app.get('/problems/:code', { schema: { hide: true, params } }, (request, reply) => {
    const { code } = request.params;
    if (!isProblemCode(code)) return sendProblem(reply, 'not_found');
    const { status, title, explanation }: ProblemType = problems[code];
    void reply.header('cache-control', 'public, max-age=3600');
    return sendPage(
      reply,
      title,
      `<p class="status">${status} · <code>${code}</code></p><h1>${escapeHtml(title)}</h1><p>${withCode(explanation)}</p>`,
    );
  });
}

/** What stands between backticks is code. */
function withCode(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}
