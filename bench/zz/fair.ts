import { Queue, Worker, DelayedError } from 'bullmq';
import { Redis } from 'ioredis';
import { startRedis } from '@daypass/tools/stores/redis-server';
import { codeIssue } from '@daypass/jobs/code-issue';
import { createProducer } from '@daypass/jobs/producer';
import { createConsumer } from '@daypass/jobs/consumer';
import { mkdtempSync } from 'node:fs';
const server = await startRedis({ dataDir: mkdtempSync('/tmp/fair-') });
const mk = () => new Redis(server.url, { maxRetriesPerRequest: null });
const redis = mk();
const N = 10_000;
const envelope = 'x'.repeat(300);
const cpu = async () => { const t = await redis.info('cpu'); const g = (n: string) => Number(new RegExp(n + ':([\\d.]+)').exec(t)?.[1]); return g('used_cpu_user') + g('used_cpu_sys'); };
const sleep = (ms: number) => new Promise((r) => setTimeout(r, ms));
const payload = (id: string, site: string) => ({ v: 1 as const, id, site, envelope, send: 1 });
type Way = { add(id: string, site: string): Promise<unknown>; work(h: (id: string) => Promise<void>, sites: number): Promise<() => Promise<void>> };
const opts = { attempts: 250, backoff: { type: 'policy' }, removeOnComplete: { age: 900 }, removeOnFail: { age: 86400 } };
const ways: Record<string, () => Way> = {
  fifo: () => { const q = new Queue('a', { connection: redis, prefix: '{d}', defaultJobOptions: opts });
    return { add: (id, site) => q.add('a', payload(id, site), { jobId: id }), work: async (h) => { const w = new Worker('a', async (j) => h(j.data.id), { connection: mk(), prefix: '{d}', concurrency: 10 }); return () => w.close(); } }; },
  priority: () => { const q = new Queue('a', { connection: redis, prefix: '{d}', defaultJobOptions: opts }); const counts = new Map<string, number>();
    return { add: (id, site) => { const n = (counts.get(site) ?? 0) + 1; counts.set(site, n); return q.add('a', payload(id, site), { jobId: id, priority: n }); }, work: async (h) => { const w = new Worker('a', async (j) => h(j.data.id), { connection: mk(), prefix: '{d}', concurrency: 10 }); return () => w.close(); } }; },
  queues: () => { const qs = new Map<string, Queue>(); const q = (s: string) => { let x = qs.get(s); if (!x) qs.set(s, x = new Queue(s, { connection: redis, prefix: '{d}', defaultJobOptions: opts })); return x; };
    return { add: (id, site) => q(site).add('a', payload(id, site), { jobId: id }), work: async (h, sites) => {
      // shared slots: ten at a time over all
      const ws = Array.from({ length: sites }, (_, i) => new Worker(i === 0 ? 'busy' : i === 1 ? 'quiet' : `s${i}`, async (j) => h(j.data.id), { connection: mk(), prefix: '{d}', concurrency: Math.max(1, Math.floor(10 / sites)) }));
      return async () => { await Promise.all(ws.map((w) => w.close())); }; } }; },
  delayed: () => { const q = new Queue('a', { connection: redis, prefix: '{d}', defaultJobOptions: opts }); let second = 0; let counts = new Map<string, number>();
    return { add: (id, site) => q.add('a', payload(id, site), { jobId: id }), work: async (h) => { const w = new Worker('a', async (j, token) => {
      const s = Math.floor(Date.now() / 1000); if (s !== second) { second = s; counts = new Map(); }
      const n = (counts.get(j.data.site) ?? 0) + 1; counts.set(j.data.site, n);
      if (n > 500) { await j.moveToDelayed(Date.now() + 1000 + Math.random() * 1000 * Math.min(20, n / 500), token); throw new DelayedError(); }
      return h(j.data.id); }, { connection: mk(), prefix: '{d}', concurrency: 10 }); return () => w.close(); } }; },
  turns: () => { const p = createProducer(codeIssue, redis, { onError: console.error }); const add = p.behind('return { 1 }');
    return { add: (id, site) => add({ keys: [], args: [] }, payload(id, site), 3), work: async (h) => { const c = createConsumer(codeIssue, mk(), async ({ id }) => { await h(id); return { verdict: 'done' }; }, { concurrency: 10, onError: console.error }); return () => c.stop(5000); } }; },
};
const only = process.argv.slice(2);
for (const [name, make] of Object.entries(ways)) {
  if (only.length && !only.includes(name)) continue;
  for (const delay of [10, 0]) {
    await redis.flushall();
    const way = make();
    const addAll = async (count: number, site: string) => { const it = Array.from({ length: count }, (_, i) => i)[Symbol.iterator](); await Promise.all(Array.from({ length: 64 }, async () => { for (const i of it) await way.add(`${site}-${i}`, site); })); };
    const c0 = await cpu(); const t0 = performance.now();
    await addAll(N, 'busy');
    const addUs = ((await cpu()) - c0) / N * 1e6; const addMs = performance.now() - t0;
    await addAll(1, 'quiet');
    let done = 0; let quietAt = 0; let quietPlace = 0;
    const c1 = await cpu(); const t1 = performance.now();
    let end: () => void = () => {}; const all = new Promise<void>((r) => (end = r));
    const stop = await way.work(async (id) => { if (delay) await sleep(delay); done += 1; if (id === 'quiet-0') { quietAt = performance.now() - t1; quietPlace = done; } if (done === N + 1) end(); }, 2);
    await all;
    const workS = (performance.now() - t1) / 1000;
    console.log(name.padEnd(10), 'handler', delay, 'ms | add', addUs.toFixed(0), 'µs redis,', (N / addMs * 1000).toFixed(0), '/s | quiet out after', quietAt.toFixed(0), 'ms, place', quietPlace, '| drained', (N / workS).toFixed(0), '/s, redis', (((await cpu()) - c1) / N * 1e6).toFixed(0), 'µs');
    await stop();
  }
}
if (only.includes('idle')) {
  for (const count of [1, 10, 100]) { const ws = Array.from({ length: count }, (_, i) => new Worker(`i${i}`, async () => {}, { connection: redis.duplicate(), prefix: '{d}' })); await sleep(3000); const c = await cpu(); await sleep(10000); console.log(count, 'idle workers: redis', (((await cpu()) - c) * 100).toFixed(1), 'ms/s, clients', /connected_clients:(\d+)/.exec(await redis.info('clients'))?.[1], 'rss', Math.round(process.memoryUsage().rss / 1e6)); await Promise.all(ws.map((w) => w.close())); }
}
redis.disconnect(); await server.stop(); process.exit(0);
