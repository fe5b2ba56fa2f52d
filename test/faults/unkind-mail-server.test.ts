import { Console } from 'node:console';
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
