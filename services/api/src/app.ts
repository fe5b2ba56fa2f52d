import { randomUUID } from 'node:crypto';
import { inStep, nextStep } from '@daypass/core/in-step';
import type { Sites } from '@daypass/core/sites/sites';
import cookie from '@fastify/cookie';
import cors from '@fastify/cors';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import underPressure from '@fastify/under-pressure';
import Fastify, { LogController, type FastifyBaseLogger } from 'fastify';
import { createBodyGuard, createOriginGuard } from './http/guard-origin.ts';
import { createErrorHandler } from './http/handle-error.ts';
import { limitHandlingTime, maxHandlerMs } from './http/limit-handling-time.ts';
import { allowedOrigins } from './http/origins.ts';
import { createReadableByPages } from './http/readable-by-pages.ts';
import { securityHeaders } from './http/security-headers.ts';
import type { SendProblem } from './http/send-problem.ts';
import { createRequestTracing } from './http/trace-requests.ts';
import { createIsFrom } from './http/is-from.ts';
import type { TypedApp } from './http/typed-app.ts';
import { warnOfForwarding } from './http/warn-of-forwarding.ts';
import type { ApiMetrics } from './ops/api-metrics.ts';

const maxBodyBytes = 8 * 1024;
const maxEventLoopDelayMs = 1_000;

/** The public listener with everything but its routes: borders, headers, problems, reference. */
export async function createApp(options: {
  publicUrl: string;
  sites: Sites;
  /** CIDR ranges whose X-Forwarded-For is believed. */
  trustedProxies: string[];
  sendProblem: SendProblem;
  log: FastifyBaseLogger;
  metrics: ApiMetrics;
  traced: boolean;
}): Promise<TypedApp> {
  const { publicUrl, sites, trustedProxies, sendProblem, log, metrics, traced } = options;
  const secure = publicUrl.startsWith('https:');
  const origins = allowedOrigins(publicUrl, sites);
  const trusts = createIsFrom(trustedProxies);

  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request' }),
    genReqId: () => randomUUID(),
    trustProxy: trustedProxies.length > 0 ? trusts : false,
    bodyLimit: maxBodyBytes,
    requestTimeout: 10_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    routerOptions: { maxParamLength: 128 },
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: false } },
  }).withTypeProvider<TypeBoxTypeProvider>();

  // Requests that come in together are handled together: this is worth a third of what one costs.
  app.addHook('onRequest', inStep);
  app.addHook('preValidation', nextStep);
  app.addHook('onSend', nextStep);
  if (traced) await app.register(await createRequestTracing());
  app.removeContentTypeParser('text/plain');
  app.setErrorHandler(createErrorHandler(sendProblem));
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 'not_found'));
  const everyAnswer = {
    ...(await securityHeaders({
      contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
      hsts: secure,
      // For browsers and plugins of long ago, and for what pages load: each header costs every answer. What a page or a file
      // needs besides is said where they are sent, who may frame it by the policy, and who may read it by CORS below.
      crossOriginResourcePolicy: false,
      crossOriginOpenerPolicy: false,
      originAgentCluster: false,
      xDnsPrefetchControl: false,
      xDownloadOptions: false,
      xFrameOptions: false,
      xPermittedCrossDomainPolicies: false,
      xXssProtection: false,
    })),
    'cache-control': 'no-store',
  };
  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers(everyAnswer).header('x-request-id', request.id);
    done();
  });
  limitHandlingTime(app, maxHandlerMs, sendProblem);
  warnOfForwarding(app, trusts);

  await app.register(underPressure, { maxEventLoopDelay: maxEventLoopDelayMs });
  await app.register(cors, { delegator: createReadableByPages(origins) });
  await app.register(cookie);
  await app.register(swagger, { openapi: openApiHead(publicUrl) });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    theme: { title: 'Daypass API' },
    // Without the bar on top, which has a box for other people's documents and the logo of the framework.
    uiConfig: { layout: 'BaseLayout' },
    staticCSP: true,
    // On plain http, which is where PUBLIC_URL is localhost, some browsers would look for the script on https.
    transformStaticCSP: (policy) => (secure ? policy : policy.replace(/;?\s*upgrade-insecure-requests/, '')),
  });

  // Keys and reference are for everybody. By the route, and not by the path, which may spell it in other ways (/%761/codes).
  const guardOrigin = createOriginGuard(origins, sendProblem);
  app.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.url?.startsWith('/v1/') !== true || !guardOrigin(request, reply)) done();
  });
  const guardBody = createBodyGuard(origins, sendProblem);
  app.addHook('preHandler', (request, reply, done) => {
    if (!guardBody(request, reply)) done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const seconds = reply.elapsedTime / 1000;
    // How long somebody listened to a stream of events says nothing of how fast we are.
    metrics.answered(request.method, route, reply.raw.statusCode, request.routeOptions.config.stream === true ? 0 : seconds);
    request.log.debug({ method: request.method, route, status: reply.statusCode, seconds }, 'answered');
    done();
  });
  return app;
}

function openApiHead(publicUrl: string) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Daypass',
      version: '0.1.0',
      description:
        'Lets people into a site for a while, without an account. An emailed code proves control of a mailbox: it suits low-sensitivity access.',
    },
    servers: [{ url: publicUrl }],
    components: {
      securitySchemes: {
        pass: { type: 'http' as const, scheme: 'bearer', bearerFormat: 'JWT' },
        cookie: { type: 'apiKey' as const, in: 'cookie', name: '__Host-daypass' },
        backend: { type: 'http' as const, scheme: 'basic', description: 'The id of a site, and a secret of it.' },
      },
    },
  };
}
