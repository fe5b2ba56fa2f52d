import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { ProblemCode } from '../problems.ts';
import type { SendProblem } from './send-problem.ts';

/** Turns whatever was thrown into a problem. What is our fault is logged, and not explained to the caller. */
export function createErrorHandler(
  sendProblem: SendProblem,
): (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => FastifyReply {
  return (error, request, reply) => {
    const code = problemOf(error);
    if (code === 'internal_error') request.log.error({ err: error }, 'request failed');
    if (code === 'unavailable') request.log.warn({ err: error }, 'request not taken');
    return sendProblem(reply, code, code === 'malformed_request' ? { detail: describe(error) } : {});
  };
}

function problemOf(error: FastifyError): ProblemCode {
  if (error.validation) return 'malformed_request';
  if (error.code === 'unavailable' || error.statusCode === 503) return 'unavailable';
  if (error.statusCode === 413) return 'payload_too_large';
  if (error.statusCode === 415) return 'unsupported_media_type';
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) return 'malformed_request';
  return 'internal_error';
}

/** Where the request is wrong and what is wanted there; never what was there. */
function describe({ validation, validationContext, message }: FastifyError): string {
  const [first] = validation ?? [];
  if (!first) return validationContext === undefined ? sentence(message) : 'The request does not parse.';
  const place = `${validationContext ?? 'request'}${first.instancePath.replaceAll('/', '.')}`;
  const extra = first.params['additionalProperty'];
  if (typeof extra === 'string') return `${place} has a member that is not known here: ${extra.slice(0, 40)}.`;
  return sentence(`${place} ${first.message ?? 'is malformed'}`);
}

function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}
