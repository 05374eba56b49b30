import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { monotonicMs } from '../../../src/runtime/clock.ts';
import { createRoundTrips } from '../../../src/runtime/state/round-trips.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'hrtime'] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** How often a call tries that may take `leftMs`, until it gives up; and the milliseconds until then. */
async function failFor(leftMs: number, error: unknown = new Error('down')) {
  const start = monotonicMs();
  const { pause } = createRoundTrips(16).failures(start + leftMs);
  for (let tries = 1; ; tries++) {
    const waiting = pause(error).then(
      () => undefined,
      (thrown: unknown) => thrown as Error,
    );
    await vi.runAllTimersAsync();
    const thrown = await waiting;
    if (thrown !== undefined) {
      return { tries, thrown, tookMs: monotonicMs() - start };
    }
  }
}

test('a store that fails is tried ever more seldom, and for ten seconds at most', async () => {
  for (let round = 0; round < 50; round++) {
    const { tries, thrown, tookMs } = await failFor(28_000);
    expect(tries).toBeLessThan(40);
    expect(tookMs).toBeLessThanOrEqual(10_000);
    expect(thrown).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  }
});

test('the last error says why, unless it only says that time is over', async () => {
  const deadline = monotonicMs() + 1000;
  const { pause } = createRoundTrips(16).failures(deadline);
  const [first] = await Promise.all([
    pause(Object.assign(new Error(), { code: 'WHY' })),
    vi.runAllTimersAsync(),
  ]);
  expect(first).toBeUndefined();
  vi.advanceTimersByTime(1000);
  await expect(pause(Object.assign(new Error(), { code: 'LATE' }))).rejects.toThrow(
    'the state store could not be used in time: WHY',
  );
});
