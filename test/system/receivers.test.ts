import { beforeAll, expect, test } from 'vitest';
import { bringReceivers, receiverNames, startReceiver } from '../support/receivers.ts';
import { startSystem } from '../support/system.ts';

beforeAll(bringReceivers, 300_000);

test.each(receiverNames)('%s, which somebody else wrote, takes every mail at the first try', async (name) => {
  const receiver = await startReceiver(name);
  const system = await startSystem({ env: { SMTP_URL: receiver.url, LOG_LEVEL: 'info' } });
  try {
    const first = system.visitor();
    const firstId = await first.ask();
    const delivery = async (visitor: typeof first, id: string) => (await visitor.get(`/v1/codes/${id}`)).body['delivery'];
    // Until it listens there may be a try or two.
    await expect.poll(() => delivery(first, firstId), { timeout: 30_000 }).toBe('sent');

    const visitors = Array.from({ length: 200 }, () => system.visitor());
    const ids = await Promise.all(visitors.map((visitor) => visitor.ask()));
    for (const [index, visitor] of visitors.entries()) {
      await expect.poll(() => delivery(visitor, ids[index] ?? ''), { timeout: 60_000 }).toBe('sent');
    }
    const metrics = await (await fetch(`${system.workers[0]?.opsUrl}/metrics`)).text();
    expect(metrics).toMatch(/^daypass_mail_jobs_total\{site="default",outcome="sent",reason=""\} 201$/m);
    expect(metrics).not.toMatch(/^daypass_mail_jobs_total\{site="[^"]*",outcome="lost"/m);
  } catch (error) {
    throw new Error(receiver.lastLines().join('\n'), { cause: error });
  } finally {
    await system.stop();
    await receiver.stop();
  }
});
