import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';

/**
 * What the server says to RCPT TO, or at the end of DATA, by address. Nothing: it accepts. `drop`: it has accepted, and
 * the connection breaks before it can say so. `afterMs`, `until`: it takes its time over RCPT TO.
 */
export type Script = (moment: 'rcpt' | 'data', address: string) => { code: number; text: string } | { afterMs: number } | { until: Promise<void> } | 'drop' | undefined;

export interface ScriptedSmtp {
  url: string;
  /** Every accepted mail, raw. */
  accepted: { to: string; raw: string; atMs: number }[];
  /** The most connections that were open at the same time. */
  mostConnections(): number;
  stop(): Promise<void>;
}

/** A mail server that answers as it is told to. */
export async function startScriptedSmtp(script: Script): Promise<ScriptedSmtp> {
  const accepted: ScriptedSmtp['accepted'] = [];
  const sockets = new Map<string, Socket>();
  let most = 0;
  const refusal = (reply: { code: number; text: string }) => Object.assign(new Error(reply.text), { responseCode: reply.code });
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onConnect: (_session, done) => done(),
    async onRcptTo({ address }, _session, done) {
      const reply = script('rcpt', address);
      if (reply === undefined || reply === 'drop') return done(null);
      if ('afterMs' in reply) setTimeout(() => done(null), reply.afterMs).unref();
      else if ('until' in reply) {
        await reply.until;
        done(null);
      } else done(refusal(reply));
    },
    onData(stream, { envelope, remotePort }, done) {
      const chunks: Buffer[] = [];
      const to = envelope.rcptTo[0]?.address ?? '';
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const reply = script('data', to);
        if (reply && reply !== 'drop' && 'code' in reply) return done(refusal(reply));
        accepted.push({ to, raw: Buffer.concat(chunks).toString(), atMs: performance.now() });
        if (reply === 'drop') sockets.get(String(remotePort))?.destroy();
        else done(null);
      });
    },
  });
  server.server.on('connection', (socket: Socket) => {
    const name = String(socket.remotePort);
    sockets.set(name, socket);
    most = Math.max(most, sockets.size);
    socket.on('close', () => sockets.delete(name));
  });
  server.on('error', () => undefined); // A client that is killed resets its connection.
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    accepted,
    mostConnections: () => most,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
