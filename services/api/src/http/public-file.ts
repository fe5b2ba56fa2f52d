import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

const squeeze = { br: promisify(brotliCompress), gzip: promisify(gzip) };

/** A file that is the same for everybody, as small as it gets. */
export interface PublicFile {
  type: string;
  etag: string;
  body: Buffer;
  compressed: Record<keyof typeof squeeze, Buffer>;
}

export async function makePublicFile(type: string, contents: string | Buffer): Promise<PublicFile> {
  const body = Buffer.from(contents);
  const [br, gz] = await Promise.all([squeeze.br(body), squeeze.gzip(body, { level: 9 })]);
  return { type, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`, body, compressed: { br, gzip: gz } };
}

/**
 * Sends it, or 304 to whoever has it (RFC 9110 §13.1.2). It is the same under the same name only until the next version,
 * so it is asked for again after a few minutes; meanwhile the old one will do.
 */
export function sendPublicFile(request: FastifyRequest, reply: FastifyReply, file: PublicFile): FastifyReply {
  const coding = codingFor(request.headers['accept-encoding']);
  // The same bytes in another coding are another representation, which a weak tag does not tell apart: it need not.
  const etag = `W/${file.etag}`;
  void reply
    .header('cache-control', 'public, max-age=300, stale-while-revalidate=86400')
    .header('vary', 'accept-encoding')
    .header('etag', etag)
    // Any page may load it. Which may do something with it, the interface decides.
    .header('access-control-allow-origin', '*')
    .header('cross-origin-resource-policy', 'cross-origin')
    .removeHeader('access-control-allow-credentials');
  const known = request.headers['if-none-match'] ?? '';
  if (known.trim() === '*' || known.includes(file.etag)) return reply.code(304).send();
  if (coding) void reply.header('content-encoding', coding);
  return reply.type(file.type).send(coding ? file.compressed[coding] : file.body);
}

function codingFor(accepted: string | string[] | undefined): keyof typeof squeeze | undefined {
  const offered = String(accepted ?? '').split(',').map((each) => each.trim());
  return (['br', 'gzip'] as const).find((coding) => offered.some((each) => each === coding || (each.startsWith(`${coding};`) && !/;\s*q=0(\.0*)?$/.test(each))));
}
