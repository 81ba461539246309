import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AttemptOutcome,
  attemptOutcomes,
  outcomeOfStatus,
  retryAfterMs,
} from '../../../lambdas/core/delivery.ts';

describe('outcomeOfStatus', () => {
  it.each<[number, AttemptOutcome]>([
    [200, 'delivered'],
    [201, 'delivered'],
    [202, 'delivered'],
    [204, 'delivered'],
    [299, 'delivered'],
    [300, 'redirected'],
    [301, 'redirected'],
    [302, 'redirected'],
    [304, 'redirected'],
    [307, 'redirected'],
    [308, 'redirected'],
    [399, 'redirected'],
    [400, 'refused'],
    [401, 'refused'],
    [404, 'refused'],
    [408, 'refused'],
    [409, 'refused'],
    [410, 'gone'],
    [411, 'refused'],
    [429, 'refused'],
    [500, 'refused'],
    [503, 'refused'],
    [599, 'refused'],
    // A final answer cannot have these statuses. They are classified all the same.
    [100, 'refused'],
    [199, 'refused'],
    [600, 'refused'],
  ])('classifies status %i as %s', (status, outcome) => expect(outcomeOfStatus(status)).toBe(outcome));

  it('delivers exactly on 2xx', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 999 }), (status) => {
        expect(outcomeOfStatus(status) === 'delivered').toBe(Math.floor(status / 100) === 2);
        expect(attemptOutcomes).toContain(outcomeOfStatus(status));
      }),
    );
  });
});

describe('retryAfterMs', () => {
  const nowMs = Date.UTC(2026, 2, 1, 10, 0, 0);
  const asked = (header: string | undefined) => retryAfterMs(header, nowMs);

  it('reads seconds', () => {
    expect(asked('0')).toBe(0);
    expect(asked('120')).toBe(120_000);
    expect(asked(' 30 ')).toBe(30_000);
    expect(asked('007')).toBe(7_000);
    expect(asked('999999999')).toBe(999_999_999_000);
  });

  it('reads seconds of any length, up to the largest whole number', () => {
    expect(asked('1234567890')).toBe(1_234_567_890_000);
    expect(asked('9'.repeat(20))).toBe(Number.MAX_SAFE_INTEGER);
    expect(asked('9'.repeat(400))).toBe(Number.MAX_SAFE_INTEGER);
  });

  it.each(['Sun, 01 Mar 2026 10:05:00 GMT', 'Sunday, 01-Mar-26 10:05:00 GMT', 'Sun Mar  1 10:05:00 2026'])(
    'reads an HTTP date in each form of RFC 9110: %s',
    (header) => expect(asked(header)).toBe(300_000),
  );

  it('reads a year of two digits as at most 50 years in the future', () => {
    expect(asked('Monday, 01-Mar-27 10:00:00 GMT')).toBe(365 * 24 * 60 * 60 * 1_000);
    expect(asked('Tuesday, 01-Mar-94 10:00:00 GMT')).toBe(0);
  });

  it('is 0 for a date that has passed', () => expect(asked('Sun, 01 Mar 2026 09:59:00 GMT')).toBe(0));

  it('is undefined without a header', () => expect(asked(undefined)).toBeUndefined());

  it.each([
    '',
    ' ',
    'soon',
    '5s',
    '120, 60',
    '+5',
    '1e3',
    'Sun, 01 Foo 2026 10:05:00 GMT',
    'Sun, 01 Mar 2026 10:05:00 CET',
  ])('is undefined for %j', (header) => expect(asked(header)).toBeUndefined());

  it.each(['-5', '1.5', '1,5', 'try again in 5', 'please wait until 2099'])(
    'is undefined for %j, which a lenient parser reads as a date',
    (header) => expect(asked(header)).toBeUndefined(),
  );

  it('is undefined or at least 0 for any header', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: fc.constantFrom('0', '1', '9', '-', '.', ':', ',', ' ', 'GMT', 'Mar', 'Sun') }),
        ),
        (header) => {
          const ms = asked(header);
          if (ms !== undefined) expect(ms).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: 200 },
    );
  });
});
