import { Console } from 'node:console';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '@daypass/tools/ports/free-port';
import { findOnPath } from '@daypass/tools/processes/find-on-path';
import { expect, test } from 'vitest';
import { runGauntlet } from '../support/gauntlet.ts';
import { startHostileSmtp } from '../support/hostile-smtp.ts';
import { startUnderFire } from '../support/under-fire.ts';

const print = new Console(process.stdout);

test('2,000 codes through a mail server that greylists, drops, stalls, garbles and refuses: each visitor gets in, or is told', async () => {
  const smtp = await startHostileSmtp();
  const fire = await startUnderFire({ workers: 2, env: { SMTP_URL: smtp.url } });
  try {
    const { table, complaints } = await runGauntlet(fire.system, smtp, { count: 2_000, unkindPercent: 20, hurry: false, deadlineMs: 500_000 });
    print.table(table);
    print.table(smtp.counts);
    expect(complaints).toEqual([]);
  } finally {
    await fire.stop();
    await smtp.close();
  }
});

// What others wrote, where it is installed: Debian's postfix and python3-aiosmtpd.
const receivers: { name: string; command: string; args: (port: number) => string[]; there: () => boolean }[] = [
  { name: "postfix's smtp-sink", command: 'smtp-sink', args: (port) => ['-v', `127.0.0.1:${port}`, '100'], there: () => findOnPath('smtp-sink') !== undefined },
  { name: 'aiosmtpd', command: 'python3', args: (port) => ['-m', 'aiosmtpd', '-n', '-c', 'aiosmtpd.handlers.Sink', '-l', `127.0.0.1:${port}`], there: () => findOnPath('aiosmtpd') !== undefined },
];

test.each(receivers)('$name takes every mail', async ({ name, command, args, there }) => {
  if (!there()) return print.log(`${name} is not installed: not tried`);
  const port = await freePort();
  const receiver: ChildProcess = spawn(command, args(port), { stdio: 'ignore' });
  const fire = await startUnderFire({ env: { SMTP_URL: `smtp://127.0.0.1:${port}` } });
  try {
    const visitors = Array.from({ length: 200 }, () => fire.system.visitor());
    const ids = await Promise.all(visitors.map((visitor) => visitor.ask()));
    for (const [index, visitor] of visitors.entries()) {
      await expect.poll(async () => (await visitor.get(`/v1/codes/${ids[index]}`)).body['delivery'], { timeout: 60_000 }).toBe('sent');
    }
  } finally {
    await fire.stop();
    receiver.kill();
    await once(receiver, 'exit');
  }
});
