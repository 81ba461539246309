import { describe, expect, it } from 'vitest';
import { describeValue } from '../../../lambdas/core/describe-value.ts';
import { ExactNumber } from '../../../lambdas/core/exact-number.ts';

describe('describeValue', () => {
  it('names only the type of a list or an object, which may contain personal data', () => {
    expect(describeValue({ name: 'Jane Doe' })).toBe('an object');
    expect(describeValue(['Jane Doe'])).toBe('a list');
    expect(describeValue([])).toBe('an empty list');
  });

  it('returns a short value as JSON', () => {
    expect(describeValue('O1')).toBe('"O1"');
    expect(describeValue(17)).toBe('17');
    expect(describeValue(new ExactNumber('1e400'))).toBe('1e400');
    expect(describeValue(null)).toBe('null');
    expect(describeValue(undefined)).toBe('nothing');
  });

  it('cuts a long value to 64 characters', () => {
    expect(describeValue('x'.repeat(62))).toBe(`"${'x'.repeat(62)}"`);
    expect(describeValue('x'.repeat(63))).toBe(`"${'x'.repeat(61)}…"`);
  });
});
