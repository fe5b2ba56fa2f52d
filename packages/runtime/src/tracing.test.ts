import { trace } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { startTracing } from './tracing.ts';

const records = () => trace.getTracer('test').startSpan('anything').isRecording();

test('nothing is traced where no collector is named, and everything where one is', async () => {
  expect(await startTracing('api', '')).toBeUndefined();
  expect(records()).toBe(false);
  const stop = await startTracing('api', 'http://127.0.0.1:1');
  expect(records()).toBe(true);
  await stop?.();
});
