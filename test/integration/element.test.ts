import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { request, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSystem, type System } from '../support/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem({ workers: 0 });
});
afterAll(() => system?.stop());

/** As it comes over the wire: fetch would unpack it. */
async function get(path: string, headers: Record<string, string> = {}): Promise<IncomingMessage & { body: Buffer }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(`${system.apis[0]?.url}${path}`, { headers, timeout: 10_000 }, resolve).on('error', reject).end();
  });
  return Object.assign(response, { body: await buffer(response) });
}

describe('/day-pass.js', () => {
  test('is the element, for the pages of any site, and kept for some minutes', async () => {
    const { statusCode, headers, body } = await get('/day-pass.js', { origin: 'https://anybody.example' });
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=300, stale-while-revalidate=86400',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
      vary: 'accept-encoding',
    });
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
    expect(body.toString()).toContain('day-pass');
  });

  test('comes packed to whoever unpacks, in less than 15 kB', async () => {
    const plain = await get('/day-pass.js');
    const gzip = await get('/day-pass.js', { 'accept-encoding': 'gzip, br;q=0' });
    expect(gzip.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(gzip.body)).toEqual(plain.body);
    const br = await get('/day-pass.js', { 'accept-encoding': 'gzip, deflate, br, zstd' });
    expect(br.headers['content-encoding']).toBe('br');
    expect(brotliDecompressSync(br.body)).toEqual(plain.body);
    expect(gzip.body.length).toBeLessThan(15_000);
  });

  test('is not sent again to whoever has it', async () => {
    const { headers } = await get('/day-pass.js');
    const again = await get('/day-pass.js', { 'if-none-match': `"other", ${String(headers.etag)}`, 'accept-encoding': 'br' });
    expect(again).toMatchObject({ statusCode: 304, body: Buffer.alloc(0) });
    expect((await get('/day-pass.js', { 'if-none-match': '"other"' })).statusCode).toBe(200);
  });
});

describe('/day-pass/<locale>.json', () => {
  test('is what the element says in that language, and nothing that only mails say', async () => {
    const { headers, body } = await get('/day-pass/ar.json');
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(JSON.parse(body.toString())).toMatchObject({ 'code.title': 'تحقق من بريدك' });
    expect(body.toString()).not.toContain('mail.subject');
  });

  test.each(['/day-pass/nl.json', '/day-pass/__proto__.json', '/day-pass/..%2f..%2fpackage.json', '/day-pass/ar', '/day-pass/%E0%A4%A.json'])('%s is not there', async (path) => {
    expect((await get(path)).statusCode).toBeGreaterThanOrEqual(400);
    expect((await get(path)).statusCode).toBeLessThan(500);
  });
});
