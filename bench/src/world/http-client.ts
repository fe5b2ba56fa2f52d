import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** An answer, as far as a load generator looks at it. */
export interface Answer {
  status: number;
  body: string;
}

/**
 * One kept-alive HTTP/1.1 connection, one request at a time. Written for this bench because it shares two cores with
 * what it measures: it does a tenth of the work of a client that has to be right for every server.
 */
export interface HttpConnection {
  post(path: string, body: unknown, headers?: string): Promise<Answer>;
  get(path: string, headers: string): Promise<Answer>;
  close(): void;
}

interface Waiting {
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
}

export async function openConnection(url: string): Promise<HttpConnection> {
  const { hostname, port, host } = new URL(url);
  const socket: Socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.setNoDelay(true);
  socket.setEncoding('latin1');

  let received = '';
  let waiting: Waiting | undefined;
  const fail = () => waiting?.reject(new Error(`${host} closed the connection, and a request is not answered`));
  socket.on('error', () => socket.destroy()).on('close', fail);
  socket.on('data', (chunk: string) => {
    received += chunk;
    const answer = readAnswer(received);
    if (!answer) return;
    const asked = waiting;
    received = '';
    waiting = undefined;
    asked?.resolve(answer);
  });

  function ask(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      waiting = { resolve, reject };
      if (socket.destroyed) fail();
      else socket.write(request);
    });
  }

  return {
    post(path, body, headers = '') {
      const text = JSON.stringify(body);
      return ask(
        `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n` +
          `content-length: ${Buffer.byteLength(text)}\r\n${headers}\r\n${text}`,
      );
    },
    get: (path, headers) => ask(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\n${headers}\r\n`),
    close: () => socket.destroy(),
  };
}

/** The one answer that `received` is, or `undefined` while it is not all there. */
function readAnswer(received: string): Answer | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = received.slice(0, headEnd);
  const body = received.slice(headEnd + 4);
  const status = Number(head.slice(9, 12));
  if (status === 204) return { status, body: '' };
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length !== undefined) return body.length >= Number(length) ? { status, body } : undefined;
  return body.endsWith('0\r\n\r\n') ? { status, body: joinChunks(body) } : undefined;
}

/** RFC 9112 §7.1, as far as servers on this machine write it: no extensions, no trailers. */
function joinChunks(chunked: string): string {
  let text = '';
  for (let at = 0; ; ) {
    const sizeEnd = chunked.indexOf('\r\n', at);
    const size = Number.parseInt(chunked.slice(at, sizeEnd), 16);
    if (!(size > 0)) return text;
    text += chunked.slice(sizeEnd + 2, sizeEnd + 2 + size);
    at = sizeEnd + 2 + size + 2;
  }
}
