import type { Handover } from '@daypass/core/codes/issue-code';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

const tracer = trace.getTracer('daypass-mailer');

/** Makes one hand-over a span of the trace that its job belongs to. Where tracing is off it does nothing. */
export function traceHandover(transport: string, handOver: () => Promise<Handover>): Promise<Handover> {
  return tracer.startActiveSpan('smtp hand-over', { kind: SpanKind.CLIENT }, async (span) => {
    try {
      const handover = await handOver();
      span.setAttributes({ 'daypass.transport': transport, 'daypass.result': resultOf(handover) });
      if (!handover.accepted) span.setStatus({ code: SpanStatusCode.ERROR });
      return handover;
    } finally {
      span.end();
    }
  });
}

/** How a hand-over ended, as metrics and traces name it. */
export function resultOf(handover: Handover): string {
  return handover.accepted ? 'accepted' : handover.reason;
}
