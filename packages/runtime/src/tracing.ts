import type { Logger } from './logger.ts';
import { tellTraceTrouble } from './tell-trace-trouble.ts';
import type { Variable } from './variable.ts';

/** Where traces go. OpenTelemetry's own variables; the exporter reads the rest of them itself. */
export const traceEndpoint: Variable<string> = {
  name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
  wants: 'the address of an OpenTelemetry collector that takes OTLP over HTTP: http://…:4318',
  parse: (value) => (value === '' || URL.canParse(value) ? value : undefined),
  fallback: '',
};

/** How long the last spans may take to leave at the end. */
const flushDeadlineMs = 2_000;

/**
 * Sends traces of this process to a collector (W3C trace context, OTLP over HTTP), if one is named. Without one
 * nothing of OpenTelemetry's machinery is loaded, and what would be traced costs nothing. That they do not arrive is told in
 * the log.
 *
 * @returns stops it, after sending what is left; `undefined` when it is off
 */
export async function startTracing(service: string, endpoint: string, log: Logger): Promise<(() => Promise<void>) | undefined> {
  if (endpoint === '') return undefined;
  tellTraceTrouble(log);
  const { BatchSpanProcessor, NodeTracerProvider } = await import('@opentelemetry/sdk-trace-node');
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const { resourceFromAttributes } = await import('@opentelemetry/resources');

  const exporter = new OTLPTraceExporter({ url: new URL('v1/traces', `${endpoint.replace(/\/$/, '')}/`).href });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.namespace': 'daypass', 'service.name': service }),
    spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: 1_000 })],
  });
  provider.register();
  return async () => {
    await Promise.race([provider.shutdown(), new Promise((resolve) => setTimeout(resolve, flushDeadlineMs).unref())]);
  };
}
