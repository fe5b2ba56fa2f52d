import type { Socket } from 'node:net';

export type RoundTrip = { requestId: number; moreToCome: boolean; legacy: boolean; response: Buffer };
export type WireEngine = { roundTrip(message: Buffer): Promise<RoundTrip> };

const OP_REPLY = 1;
const OP_MSG = 2013;
const HEADER_BYTES = 16;
/** maxMessageSizeBytes of every MongoDB, with room for the header. */
const MAX_MESSAGE_BYTES = 48_000_000 + 16_384;

/** Speaks MongoDB's wire protocol on one connection: reads messages, has the engine answer, keeps their order. */
export function serveWire(engine: WireEngine, socket: Socket): void {
  let pending: Buffer = Buffer.alloc(0);
  let answered = Promise.resolve();
  let replyId = 0;

  const answer = async (message: Buffer) => {
    const { requestId, moreToCome, legacy, response } = await engine.roundTrip(message);
    if (moreToCome || socket.destroyed) return; // the driver asked for no reply
    replyId += 1;
    socket.write(legacy ? opReply(replyId, requestId, response) : opMsg(replyId, requestId, response));
  };

  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length >= 4) {
      const size = pending.readInt32LE(0);
      if (size < HEADER_BYTES || size > MAX_MESSAGE_BYTES) return void socket.destroy();
      if (pending.length < size) return;
      const message = pending.subarray(0, size);
      pending = pending.subarray(size);
      // A failure is the connection's: the driver sees it dropped, as it would with a server.
      answered = answered.then(() => answer(message)).catch((error: Error) => void socket.destroy(error));
    }
  });
  socket.on('error', () => {}); // 'close' follows, and nobody is left to tell
}

function opMsg(id: number, responseTo: number, document: Buffer): Buffer {
  const prefix = Buffer.alloc(HEADER_BYTES + 5); // no flags, one section of kind 0
  return withHeader(Buffer.concat([prefix, document]), id, responseTo, OP_MSG);
}

/** The answer to OP_QUERY, which drivers still send as their first hello. */
function opReply(id: number, responseTo: number, document: Buffer): Buffer {
  const prefix = Buffer.alloc(HEADER_BYTES + 20); // no flags, cursor 0, starting from 0, …
  prefix.writeInt32LE(1, HEADER_BYTES + 16); // … one document
  return withHeader(Buffer.concat([prefix, document]), id, responseTo, OP_REPLY);
}

function withHeader(frame: Buffer, id: number, responseTo: number, opCode: number): Buffer {
  frame.writeInt32LE(frame.length, 0);
  frame.writeInt32LE(id, 4);
  frame.writeInt32LE(responseTo, 8);
  frame.writeInt32LE(opCode, 12);
  return frame;
}
