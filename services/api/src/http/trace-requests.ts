import type { FastifyPluginCallback } from 'fastify';

/**
 * A span for each request. Loaded only where tracing is on. Of the URL it says the route alone: what a visitor sent
 * as part of it stays out.
 */
export async function createRequestTracing(): Promise<FastifyPluginCallback> {
  const { FastifyOtelInstrumentation } = await import('@fastify/otel');
  const instrumentation = new FastifyOtelInstrumentation({
    instrumentHooks: false,
    instrumentHandler: false,
    recordExceptions: false,
    requestHook(span, request) {
      span.setAttribute('url.path', request.routeOptions.url ?? 'unknown');
    },
  });
  return instrumentation.plugin();
}
