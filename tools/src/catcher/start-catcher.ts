import type { AddressInfo } from 'node:net';

import { type CaughtMail, readMail } from './caught-mail.ts';
import { createInbox } from './inbox.ts';
import { createMailbox } from './mailbox.ts';
import { listenSmtp } from './listen-smtp.ts';

export type { CaughtMail };

export type Catcher = {
  smtpUrl: string;
  /** The page where a person reads the mails. */
  inboxUrl: string;
  /** Newest first. */
  mails(): CaughtMail[];
  /** The newest mail that matches, one that is there already included; rejects after `timeoutMs`. */
  waitForMail(match: (mail: CaughtMail) => boolean, timeoutMs: number): Promise<CaughtMail>;
  clear(): void;
  stop(): Promise<void>;
};

type Options = { smtpPort?: number; httpPort?: number; keep?: number };

const HOST = '127.0.0.1';

/** Takes every mail it is given over SMTP, delivers none, and shows them. Ports that are not given are free ones. */
export async function startCatcher({ smtpPort = 0, httpPort = 0, keep = 1000 }: Options = {}): Promise<Catcher> {
  const mailbox = createMailbox(keep);
  let lastId = 0;
  const smtp = await listenSmtp(HOST, smtpPort, async (envelope, bytes) => {
    lastId += 1;
    mailbox.add(await readMail(String(lastId), envelope, bytes));
  });

  const inbox = createInbox(mailbox);
  try {
    await inbox.listen({ host: HOST, port: httpPort });
  } catch (error) {
    await smtp.close();
    throw error;
  }

  const { port } = inbox.server.address() as AddressInfo;
  return {
    smtpUrl: `smtp://${HOST}:${smtp.port}`,
    inboxUrl: `http://${HOST}:${port}`,
    mails: mailbox.mails,
    waitForMail: mailbox.waitForMail,
    clear: mailbox.clear,
    stop: async () => {
      await Promise.all([smtp.close(), inbox.close()]);
    },
  };
}
