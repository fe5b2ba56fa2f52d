import { Console } from 'node:console';
import { expect, test } from 'vitest';
import { runGauntlet } from '../support/gauntlet.ts';
import { startHostileSmtp, unkindKinds } from '../support/hostile-smtp.ts';
import { startSystem } from '../support/system.ts';

const print = new Console(process.stdout);

// What stands still takes the whole deadline of a hand-over: that is for test/faults.
const quickKinds = unkindKinds.filter((kind) => !['silent', 'stuck'].includes(kind));

test('200 codes through a mail server that greylists, drops, garbles and refuses: each visitor gets in, or is told', async () => {
  const smtp = await startHostileSmtp({ stalls: false });
  const system = await startSystem({ workers: 2, env: { SMTP_URL: smtp.url, LOG_LEVEL: 'info' } });
  try {
    const { table, complaints } = await runGauntlet(system, smtp, { count: 200, unkindPercent: 30, kinds: quickKinds, hurry: true, deadlineMs: 100_000 });
    print.table(table);
    expect(complaints).toEqual([]);
    expect(Object.values(table).reduce((sum, line) => sum + line['got in'] + line.refused, 0)).toBe(200);
  } finally {
    await system.stop();
    await smtp.close();
  }
}, 150_000);
