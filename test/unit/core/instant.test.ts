import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMs, epochMsOf, instantOf, parseInstant } from '../../../lambdas/core/instant.ts';

describe('parseInstant', () => {
  it.each([
    ['2026-03-01T10:00:00Z', '2026-03-01T10:00:00.000Z'],
    ['2026-03-01T10:00Z', '2026-03-01T10:00:00.000Z'],
    ['2026-03-01T10:00:00.5Z', '2026-03-01T10:00:00.500Z'],
    ['2026-03-01T10:00:00.123Z', '2026-03-01T10:00:00.123Z'],
    ['2026-03-01T10:00:00.04932597Z', '2026-03-01T10:00:00.049Z'],
    ['2026-03-01T10:00:00.999999999Z', '2026-03-01T10:00:00.999Z'],
  ])('truncates the fraction of %s to milliseconds', (text, instant) =>
    expect(parseInstant(text)).toBe(instant),
  );

  it.each([
    ['2026-03-01T10:00:00+01:00', '2026-03-01T09:00:00.000Z'],
    ['2026-03-01T00:30:00.5-05:30', '2026-03-01T06:00:00.500Z'],
    ['2026-03-01T10:00:00+00:00', '2026-03-01T10:00:00.000Z'],
  ])('converts the offset of %s to Z', (text, instant) => expect(parseInstant(text)).toBe(instant));

  it.each([
    'soon',
    '',
    'null',
    '2026-03-01',
    '2026-03-01T10:00:00',
    '2026-03-01T10:00',
    '2026-03-01T10Z',
    '2026-03-01 10:00:00Z',
    '2026-03-01T10:00:00z',
    '2026-03-01T10:00:00.Z',
    '2026-13-01T10:00:00Z',
    '2026-03-32T10:00:00Z',
    '2026-03-01T25:00:00Z',
    '2026-03-01T10:00:60Z',
    '2026-03-01T10:00:00+99:99',
    ' 2026-03-01T10:00:00Z',
    '2026-03-01T10:00:00Z\n',
    '1772359200',
    1_772_359_200,
    null,
    undefined,
    {},
    ['2026-03-01T10:00:00Z'],
  ])('returns undefined for %j', (value) => expect(parseInstant(value)).toBeUndefined());

  it.each(['2026-02-30T10:00:00Z', '2026-04-31T10:00:00Z', '2023-02-29T10:00:00Z'])(
    'returns undefined for %s, which is not a date',
    (text) => expect(parseInstant(text)).toBeUndefined(),
  );

  it('returns undefined if the offset leads to a year that does not have four digits', () => {
    expect(parseInstant('9999-12-31T23:59:59-00:01')).toBeUndefined();
    expect(parseInstant('0000-01-01T00:00:00+00:01')).toBeUndefined();
  });

  it('returns undefined for any other value and never throws', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const parsed = parseInstant(value);
        if (parsed !== undefined) expect(parsed).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
      }),
    );
  });
});

// 1970 to 2100: the years that can occur.
const epochMs = fc.integer({ min: 0, max: 4_102_444_800_000 });

describe('instants', () => {
  it('sort as texts in the order of time', () => {
    fc.assert(
      fc.property(epochMs, epochMs, (a, b) => {
        expect(Math.sign(instantOf(a).localeCompare(instantOf(b), 'en'))).toBe(Math.sign(a - b));
        expect(instantOf(a) < instantOf(b)).toBe(a < b);
      }),
    );
  });

  it('are equal after a round trip', () => {
    fc.assert(
      fc.property(epochMs, (ms) => {
        expect(epochMsOf(instantOf(ms))).toBe(ms);
        expect(parseInstant(instantOf(ms))).toBe(instantOf(ms));
      }),
    );
  });

  it('move by milliseconds, also back and across years', () => {
    expect(addMs('2026-12-31T23:59:59.500Z', 500)).toBe('2027-01-01T00:00:00.000Z');
    expect(addMs('2026-03-01T00:00:00.000Z', -1)).toBe('2026-02-28T23:59:59.999Z');
  });
});
