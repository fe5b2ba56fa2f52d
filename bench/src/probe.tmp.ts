import { startWorld } from './world/world.ts';
import { createDeployment } from './world/deployment.ts';
import { startService, startSide } from './world/program.ts';
import { loadFor } from './world/load.ts';
import { askForCode } from './rows/request.ts';
import { createCpuMeter } from './world/cpu-meter.ts';
import { makeOrders } from './world/prepare.ts';
const world = await startWorld(true, console.log);
const d = createDeployment(world, 'request');
const api = process.argv[2] === 'bare' ? await startSide('fastify-queue-add', { env: {...d.env, PAYLOAD: JSON.stringify({v:1,...(await makeOrders(d,1))[0]})} }) : await startService('api', { env: d.env });
await loadFor(api.url, 6, askForCode);
const m = createCpuMeter(world, [api]);
const rates = [];
for (let i = 0; i < 5; i++) {
  await world.resetRedis();
  const r = await m.around(() => loadFor(api.url, 3, askForCode));
  rates.push(Math.round(r.perSecond));
}
console.log(rates.join(' '), m.shown());
await api.stop(); await world.stop();
