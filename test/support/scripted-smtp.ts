import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** What the server says to RCPT TO, or at the end of DATA, by address. Nothing: it accepts. */
export type Script = (moment: 'rcpt' | 'data', address: string) => { code: number; text: string } | undefined;

export interface ScriptedSmtp {
  url: string;
  /** Every accepted mail, raw. */
  accepted: { to: string; raw: string }[];
  stop(): Promise<void>;
}

/** A mail server that answers as it is told to. */
export async function startScriptedSmtp(script: Script): Promise<ScriptedSmtp> {
  const accepted: ScriptedSmtp['accepted'] = [];
  const refusal = (moment: 'rcpt' | 'data', address: string) => {
    const reply = script(moment, address);
    return reply && Object.assign(new Error(reply.text), { responseCode: reply.code });
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onConnect: (_session, done) => done(),
    onRcptTo: ({ address }, _session, done) => done(refusal('rcpt', address) ?? null),
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      const to = envelope.rcptTo[0]?.address ?? '';
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const refused = refusal('data', to);
        if (!refused) accepted.push({ to, raw: Buffer.concat(chunks).toString() });
        done(refused ?? null);
      });
    },
  });
  server.on('error', () => undefined); // A client that is killed resets its connection.
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    accepted,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
