import type { CodeMail, Handover } from '@daypass/core/codes/issue-code';
import { expect, test, vi } from 'vitest';
import { sampleCodeMail } from '../../../../test/support/sample-code-mail.ts';
import { reservedPlaces, shareAmongDomains } from './share-among-domains.ts';

const mailTo = (address: string): CodeMail => ({ ...sampleCodeMail, envelope: { ...sampleCodeMail.envelope, address } });
const accepted: Handover = { accepted: true };

/** Hand-overs that end when the test says so. */
function slowHandovers(perDomain: number) {
  const inHand: { address: string; end: () => void }[] = [];
  const share = shareAmongDomains(perDomain);
  const slow = share(
    ({ envelope }) =>
      new Promise((resolve) => {
        inHand.push({ address: envelope.address, end: () => resolve(accepted) });
      }),
  );
  return { share, inHand, handOver: (address: string) => slow(mailTo(address)), addresses: () => inHand.map(({ address }) => address) };
}

test('a slow domain has so many mails in hand and no more: the next is put off, and one to another domain goes', async () => {
  const { handOver, inHand, addresses } = slowHandovers(2);
  const slow = [handOver('one@slow.example'), handOver('two@SLOW.example')];
  expect(await handOver('three@slow.example')).toMatchObject({ accepted: false, permanent: false, cause: 'busy', reason: 'domain_slow' });
  const other = handOver('four@other.example');
  await vi.waitFor(() => expect(addresses()).toEqual(['one@slow.example', 'two@SLOW.example', 'four@other.example']));
  for (const { end } of inHand) end();
  expect(await Promise.all([...slow, other])).toEqual([accepted, accepted, accepted]);
});

test('a mail to a domain that is not slow waits for a place, and goes', async () => {
  const { handOver, inHand, addresses } = slowHandovers(1);
  const both = [handOver('one@example.com'), handOver('two@example.com')];
  await vi.waitFor(() => expect(inHand).toHaveLength(1));
  inHand[0]?.end();
  await vi.waitFor(() => expect(addresses()).toEqual(['one@example.com', 'two@example.com']));
  inHand[1]?.end();
  expect(await Promise.all(both)).toEqual([accepted, accepted]);
});

test('one mail that stands still does not make its domain slow: others take turns on the other places', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  try {
    const { handOver, inHand } = slowHandovers(2);
    void handOver('still@example.com');
    vi.advanceTimersByTime(10_000);
    const others = Array.from({ length: 3 }, () => handOver('other@example.com'));
    for (let ended = 1; ended <= others.length; ended += 1) {
      await vi.waitFor(() => expect(inHand).toHaveLength(ended + 1));
      inHand[ended]?.end();
    }
    expect(await Promise.all(others)).toEqual([accepted, accepted, accepted]);
  } finally {
    vi.useRealTimers();
  }
});

test('those that are put off come back one after the other, and within a minute', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  try {
    const { handOver } = slowHandovers(2);
    void handOver('one@slow.example');
    void handOver('two@slow.example');
    vi.advanceTimersByTime(10_000);
    const backMs: number[] = [];
    for (let count = 0; count < 20; count += 1) {
      const handover = await handOver('more@slow.example');
      if (!handover.accepted) backMs.push(handover.retryAfterMs ?? 0);
    }
    expect(backMs.slice(0, 4)).toEqual([6_000, 11_000, 16_000, 21_000]);
    expect(Math.max(...backMs)).toBe(60_000);
  } finally {
    vi.useRealTimers();
  }
});

test('one that took half a minute among many that took a moment does not put the others off by minutes', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  try {
    const { handOver, inHand } = slowHandovers(3);
    void handOver('still@example.com');
    async function take(ms: number): Promise<void> {
      const taken = handOver('one@example.com');
      vi.advanceTimersByTime(ms);
      inHand.at(-1)?.end();
      await taken;
    }
    for (let mails = 0; mails < 32; mails += 1) await take(10);
    await take(32_000);
    void handOver('still@example.com');
    void handOver('still@example.com');
    vi.advanceTimersByTime(1_500);
    let lastMs = 0;
    for (let mails = 0; mails < 20; mails += 1) {
      const handover = await handOver('more@example.com');
      if (!handover.accepted) lastMs = handover.retryAfterMs ?? 0;
    }
    expect(lastMs).toBeGreaterThan(5_000);
    expect(lastMs).toBeLessThan(30_000);
  } finally {
    vi.useRealTimers();
  }
});

test('where one has waited for a place in vain the next is put off at once, until a hand-over ends', async () => {
  const { handOver, inHand } = slowHandovers(1);
  const slow = handOver('one@slow.example');
  expect(await handOver('two@slow.example')).toMatchObject({ reason: 'domain_slow' });
  const askedAt = performance.now();
  const others = await Promise.all(Array.from({ length: 100 }, () => handOver('more@slow.example')));
  // One after the other they would wait for 25 s, together for 250 ms.
  expect(performance.now() - askedAt).toBeLessThan(200);
  expect(new Set(others.map((handover) => !handover.accepted && handover.reason))).toEqual(new Set(['domain_slow']));

  inHand[0]?.end();
  await slow;
  const [again, waits] = [handOver('one@slow.example'), handOver('two@slow.example')];
  await vi.waitFor(() => expect(inHand).toHaveLength(2));
  inHand[1]?.end();
  await again;
  await vi.waitFor(() => expect(inHand).toHaveLength(3));
  inHand[2]?.end();
  expect(await waits).toEqual(accepted);
});

test('two ways of handing over share the places of a domain', async () => {
  const { inHand, handOver, share } = slowHandovers(1);
  const slow = handOver('one@slow.example');
  const another = share(async () => accepted);
  expect(await another(mailTo('two@slow.example'))).toMatchObject({ accepted: false, cause: 'busy', reason: 'domain_slow' });
  expect(await another(mailTo('three@other.example'))).toEqual(accepted);
  for (const { end } of inHand) end();
  await slow;
});

test('a place is given back however a hand-over ends', async () => {
  const answers: (Handover | Error)[] = [new Error('broken'), accepted];
  const share = shareAmongDomains(1)(async () => {
    const answer = answers.shift() ?? accepted;
    if (answer instanceof Error) throw answer;
    return answer;
  });
  await expect(share(mailTo('one@example.com'))).rejects.toThrow('broken');
  expect(await share(mailTo('two@example.com'))).toEqual(accepted);
});

test.each([
  [1, 1],
  [10, 2],
  [100, 20],
])('beside %i mails to one domain there is place for %i to others', (perDomain, places) => {
  expect(reservedPlaces(perDomain)).toBe(places);
});
