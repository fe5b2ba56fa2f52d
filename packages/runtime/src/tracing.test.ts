import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { context, diag, propagation, trace } from '@opentelemetry/api';
import { afterEach, expect, test } from 'vitest';
import { createLogger, describeError } from './logger.ts';
import { startTracing } from './tracing.ts';

/** A log, and what it is warned of. */
function listeningLog() {
  const log = createLogger('test', 'silent');
  const warned: { err: unknown }[] = [];
  log.warn = (line: unknown) => void warned.push(line as { err: unknown });
  return { log, warned };
}
const begin = () => trace.getTracer('test').startSpan('anything');

afterEach(() => {
  for (const registered of [trace, context, propagation, diag]) registered.disable();
});

test('nothing is traced where no collector is named, and everything where one is', async () => {
  const { log } = listeningLog();
  expect(await startTracing('api', '', log)).toBeUndefined();
  expect(begin().isRecording()).toBe(false);
  const stop = await startTracing('api', 'http://127.0.0.1:1', log);
  expect(begin().isRecording()).toBe(true);
  await stop?.();
});

test('that traces do not arrive is told once a minute, without the password of the address or anything that was answered', async () => {
  let batches = 0;
  const stranger = createServer((_request, response) => {
    batches += 1;
    response.writeHead(404).end('no such page for ada@example.com');
  }).listen(0, '127.0.0.1');
  await once(stranger, 'listening');
  const { log, warned } = listeningLog();
  const stop = await startTracing('api', `http://ops:secret@127.0.0.1:${(stranger.address() as AddressInfo).port}`, log);
  begin().end();
  await expect.poll(() => warned.length, { timeout: 10_000 }).toBe(1);
  begin().end();
  await expect.poll(() => batches, { timeout: 10_000 }).toBe(2);
  await stop?.();
  expect(warned.map(({ err }) => describeError(err))).toEqual([{ name: 'OTLPExporterError', code: '404', message: 'Not Found' }]);
  stranger.close();
});

test('a setting that OpenTelemetry does not understand is told without its value', async () => {
  const { log, warned } = listeningLog();
  const stop = await startTracing('api', 'http://127.0.0.1:1', log);
  diag.warn('Header "authorization" has invalid value (Bearer secret) and will be ignored');
  expect(warned.map(({ err }) => describeError(err))).toEqual([{ name: 'Error', message: 'Header … and will be ignored' }]);
  await stop?.();
});
