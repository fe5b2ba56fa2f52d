import { afterAll, beforeAll, expect, test } from 'vitest';
import { startScriptedSmtp, type ScriptedSmtp } from '../support/scripted-smtp.ts';
import { startSystem, type System } from '../support/system.ts';
import { drawTrace, startTraceCollector, type TraceCollector } from '../support/trace-collector.ts';

let system: System;
let smtp: ScriptedSmtp;
let collector: TraceCollector;
let tries = 0;

beforeAll(async () => {
  collector = await startTraceCollector();
  smtp = await startScriptedSmtp((moment) => {
    if (moment === 'rcpt') tries += 1;
    return tries === 1 ? 'drop' : undefined;
  });
  system = await startSystem({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, SMTP_URL: smtp.url } });
});
afterAll(async () => {
  await system?.stop();
  await smtp?.stop();
  await collector?.stop();
});

test('one trace leads from the request through a try that failed and a second one to the mail server, and says nothing sensitive', async () => {
  const visitor = system.visitor();
  const id = await visitor.ask();
  await expect.poll(() => smtp.accepted.length, { timeout: 15_000 }).toBeGreaterThan(0);
  // Each process sends its spans when it has gathered some.
  const arrived = () => collector.spans.map(({ name, attributes }) => [name, attributes['daypass.result']].join(' ').trim());
  for (const span of ['request', 'add code-issue.code-issue', 'smtp hand-over accepted']) {
    await expect.poll(arrived, { timeout: 15_000 }).toContain(span);
  }

  const request = collector.spans.find(({ name }) => name === 'request');
  const trace = collector.spans.filter(({ traceId }) => traceId === request?.traceId);
  process.stdout.write(`${drawTrace(trace)}\n`);
  expect(trace.filter(({ service }) => service === 'api').map(({ name }) => name)).toContain('add code-issue.code-issue');
  const handovers = trace.filter(({ name }) => name === 'smtp hand-over');
  expect(handovers.map(({ service, attributes }) => [service, attributes['daypass.result']])).toEqual([
    ['mailer-worker', expect.stringMatching(/^(transport|unconfirmed)_/)],
    ['mailer-worker', 'accepted'],
  ]);

  const code = /^[0-9A-Z]{4}-[0-9A-Z]{4}$/m.exec(smtp.accepted[0]?.raw ?? '')?.[0] ?? 'no code';
  const granted = await visitor.verify(id, code);
  expect(granted.status).toBe(200);
  const verified = () => collector.spans.filter(({ attributes }) => attributes['url.path'] === '/v1/codes/:id/verify');
  await expect.poll(verified, { timeout: 15_000 }).not.toEqual([]);
  const everything = collector.spans.map(({ wire }) => wire).join('\n');
  for (const secret of [visitor.email, visitor.email.split('@')[0] ?? '', code, code.replace('-', ''), String(granted.body['accessToken']), visitor.ip]) {
    expect(everything).not.toContain(secret);
  }
});
