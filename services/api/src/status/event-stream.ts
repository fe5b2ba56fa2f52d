import type { FastifyReply } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether an answer lasts as long as somebody listens. */
    stream?: boolean;
  }
}

/** Server-sent events on one connection. */
export interface EventStream {
  send(event: string, data: object): void;
  end(): void;
}

/** Often enough that no proxy and no firewall takes it for dead. */
const heartbeatMs = 15_000;
/** What is not read piles up in memory: a reader who does not read is let go. */
const mostUnreadBytes = 64 * 1024;

/**
 * Answers with a stream of events, and takes the connection from Fastify.
 *
 * @param onEnd told once, whoever ends it
 * @param onHeartbeat told with each heartbeat
 */
export function openEventStream(reply: FastifyReply, { onEnd, onHeartbeat }: { onEnd: () => void; onHeartbeat: () => void }): EventStream {
  const { raw } = reply;
  reply.hijack();
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'x-accel-buffering': 'no', // nginx would keep it until there is more.
  });
  raw.on('error', () => undefined); // Whoever goes away just goes.
  const timer = setInterval(() => {
    write(':\n\n');
    onHeartbeat();
  }, heartbeatMs);
  timer.unref();
  const ended = () => {
    clearInterval(timer);
    onEnd();
  };
  // Of somebody who has left already it will not close a second time. The caller is told all the same, once it has the stream.
  if (raw.closed) process.nextTick(ended);
  else raw.once('close', ended);
  // How long a browser waits before it asks again after the stream broke.
  write('retry: 3000\n\n');

  function write(text: string): void {
    if (raw.writableEnded || raw.destroyed) return;
    if (raw.writableLength > mostUnreadBytes) raw.destroy();
    else raw.write(text);
  }

  return {
    send: (event, data) => write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
    end: () => void (raw.writableEnded || raw.end()),
  };
}
