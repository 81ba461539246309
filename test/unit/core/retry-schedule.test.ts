import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  backOffMs,
  deliverySchedule,
  longestQueueDelayMs,
  nextDelayMs,
  outboxGraceMs,
  slotWaitMs,
} from '../../../lambdas/core/retry-schedule.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

const failedAttempts = fc.integer({ min: 1, max: 9 });
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
/** Up to a year. */
const askedMs = fc.integer({ min: 0, max: 365 * 24 * hour });
const nominal = (attempts: number) => deliverySchedule[attempts - 1] ?? Number.NaN;
const delay = (attempts: number, by: number, asked?: number) =>
  nextDelayMs(attempts, by, asked) ?? Number.NaN;

describe('nextDelayMs', () => {
  it('waits 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h without jitter', () => {
    const delays = Array.from({ length: 9 }, (_, index) => nextDelayMs(index + 1, 0.5));
    const hours = [2, 5, 10, 14, 20, 24].map((each) => each * hour);
    expect(delays).toEqual([5 * second, 5 * minute, 30 * minute, ...hours]);
  });

  it('waits 75 h 35 min 5 s in total', () => {
    expect(deliverySchedule.reduce((sum, step) => sum + step, 0)).toBe(75 * hour + 35 * minute + 5 * second);
  });

  it('ends after the tenth attempt, even with a Retry-After header', () => {
    expect(nextDelayMs(10, 0.5)).toBeUndefined();
    expect(nextDelayMs(10, 0.5, hour)).toBeUndefined();
    expect(nextDelayMs(1_000, 0)).toBeUndefined();
  });

  it('is undefined before an attempt has failed', () => expect(nextDelayMs(0, 0.5)).toBeUndefined());

  it('stays within 20 % of the step', () => {
    expect([nextDelayMs(1, 0), nextDelayMs(1, 0.75)]).toEqual([4 * second, 5.5 * second]);
    fc.assert(
      fc.property(failedAttempts, chance, (attempts, by) => {
        expect(delay(attempts, by)).toBeGreaterThanOrEqual(0.8 * nominal(attempts));
        expect(delay(attempts, by)).toBeLessThanOrEqual(1.2 * nominal(attempts));
      }),
      { numRuns: 200 },
    );
  });

  it('returns whole milliseconds', () => {
    fc.assert(
      fc.property(failedAttempts, chance, fc.option(askedMs, { nil: undefined }), (attempts, by, asked) => {
        expect(delay(attempts, by, asked)).toSatisfy(Number.isInteger);
      }),
    );
  });

  it('waits longer after each failure, with the same jitter', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), chance, (attempts, by) => {
        expect(delay(attempts + 1, by)).toBeGreaterThan(delay(attempts, by));
      }),
    );
  });

  it('waits longer with a higher random number', () => {
    fc.assert(
      fc.property(failedAttempts, chance, chance, (attempts, a, b) => {
        expect(delay(attempts, Math.max(a, b))).toBeGreaterThanOrEqual(delay(attempts, Math.min(a, b)));
      }),
    );
  });
});

describe('nextDelayMs with a Retry-After header', () => {
  it('lengthens the wait', () => expect(nextDelayMs(1, 0.5, 90 * second)).toBe(90 * second));

  it('never shortens the wait', () => {
    expect(nextDelayMs(4, 0.5, second)).toBe(2 * hour);
    expect(nextDelayMs(4, 0.5, 0)).toBe(2 * hour);
    fc.assert(
      fc.property(failedAttempts, chance, askedMs, (attempts, by, asked) => {
        expect(delay(attempts, by, asked)).toBeGreaterThanOrEqual(delay(attempts, by));
      }),
    );
  });

  it('waits at most 24 h', () => {
    expect(nextDelayMs(1, 0.5, 24 * hour)).toBe(24 * hour);
    expect(nextDelayMs(1, 0.5, 24 * hour + 1)).toBe(24 * hour);
    expect(nextDelayMs(1, 0.5, Number.POSITIVE_INFINITY)).toBe(24 * hour);
    fc.assert(
      fc.property(failedAttempts, chance, askedMs, (attempts, by, asked) => {
        expect(delay(attempts, by, asked)).toBe(Math.max(delay(attempts, by), Math.min(asked, 24 * hour)));
      }),
    );
  });
});

describe('backOffMs', () => {
  it('doubles from 2 s to 15 min, with a random upper half', () => {
    expect([0, 1, 2, 8].map((times) => backOffMs(times, 0))).toEqual(
      [1, 2, 4, 256].map((seconds) => seconds * second),
    );
    expect([9, 10, 50, 10_000].map((times) => backOffMs(times, 0))).toEqual(
      Array.from({ length: 4 }, () => 450 * second),
    );
  });

  it('is between half of the step and the longest SQS delay', () => {
    expect(longestQueueDelayMs).toBe(15 * minute);
    fc.assert(
      fc.property(fc.nat({ max: 10_000 }), chance, (times, by) => {
        const step = Math.min(2 * second * 2 ** times, 15 * minute);
        expect(backOffMs(times, by)).toBeGreaterThanOrEqual(step / 2);
        expect(backOffMs(times, by)).toBeLessThanOrEqual(step);
        expect(backOffMs(times, by)).toSatisfy(Number.isInteger);
      }),
      { numRuns: 200 },
    );
  });

  it('never becomes shorter, with the same random number', () => {
    fc.assert(
      fc.property(fc.nat({ max: 40 }), chance, (times, by) => {
        expect(backOffMs(times + 1, by)).toBeGreaterThanOrEqual(backOffMs(times, by));
      }),
    );
  });
});

describe('outboxGraceMs', () => {
  it.each([
    [1, 60_000],
    [0.5, 30_000],
    [0.01, 3_000],
  ])('is scaled by %s, but at least 3 s: %i ms', (timeScale, graceMs) => {
    expect(outboxGraceMs(timeScale)).toBe(graceMs);
  });
});

describe('slotWaitMs', () => {
  it.each([
    [1, 1_000, 2_000],
    [2, 2_000, 4_000],
    [5, 16_000, 32_000],
    [6, 30_000, 60_000],
    [500, 30_000, 60_000],
  ])('waits after refusal %i between %i and %i ms', (timesRefused, least, most) => {
    expect(slotWaitMs(timesRefused, 0)).toBe(least);
    expect(slotWaitMs(timesRefused, 1)).toBe(most);
  });
});
