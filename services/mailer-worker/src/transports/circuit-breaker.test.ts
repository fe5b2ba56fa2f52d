import { describe, expect, test } from 'vitest';
import { createCircuitBreaker } from './circuit-breaker.ts';

function openBreaker() {
  const clock = { now: 0 };
  const breaker = createCircuitBreaker(() => clock.now);
  for (let failures = 0; failures < 5; failures += 1) {
    expect(breaker.enter()).toBe(true);
    breaker.failed();
  }
  return { breaker, clock };
}

describe('a breaker', () => {
  test('opens at the fifth failure in a row, and a success in between starts anew', () => {
    const breaker = createCircuitBreaker(() => 0);
    for (let failures = 0; failures < 4; failures += 1) breaker.failed();
    expect(breaker.state()).toBe('closed');
    breaker.succeeded();
    for (let failures = 0; failures < 4; failures += 1) breaker.failed();
    expect(breaker.state()).toBe('closed');
    breaker.failed();
    expect(breaker.state()).toBe('open');
  });

  test('lets nothing through while it is open, and says for how long', () => {
    const { breaker, clock } = openBreaker();
    clock.now = 1_000;
    expect(breaker.enter()).toBe(false);
    expect(breaker.pauseMs()).toBe(1_000);
  });

  test('lets one through to see, and the next a second later: one that stands still keeps nobody out', () => {
    const { breaker, clock } = openBreaker();
    clock.now = 2_000;
    expect(breaker.state()).toBe('half-open');
    expect([breaker.enter(), breaker.enter()]).toEqual([true, false]);
    expect(breaker.pauseMs()).toBe(1_000);
    clock.now = 3_000;
    expect(breaker.enter()).toBe(true);
  });

  test('closes when that one got through', () => {
    const { breaker, clock } = openBreaker();
    clock.now = 2_000;
    breaker.enter();
    breaker.succeeded();
    expect([breaker.state(), breaker.enter(), breaker.enter(), breaker.pauseMs()]).toEqual(['closed', true, true, 0]);
  });

  test('waits twice as long after each that did not, and never longer than 10 s', () => {
    const { breaker, clock } = openBreaker();
    const pauses = [];
    for (let probes = 0; probes < 4; probes += 1) {
      clock.now += breaker.pauseMs();
      breaker.enter();
      breaker.failed();
      pauses.push(breaker.pauseMs());
    }
    expect(pauses).toEqual([4_000, 8_000, 10_000, 10_000]);
  });

  test('is not kept open by what began before it opened', () => {
    const { breaker, clock } = openBreaker();
    clock.now = 500;
    breaker.failed();
    expect(breaker.pauseMs()).toBe(1_500);
  });

  test('lets another try when the one it let through came to nothing', () => {
    const { breaker, clock } = openBreaker();
    clock.now = 2_000;
    breaker.enter();
    breaker.withdrawn();
    expect(breaker.enter()).toBe(true);
  });
});
