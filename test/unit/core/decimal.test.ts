import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalDecimal, compareDecimals } from '../../../lambdas/core/decimal.ts';

/** A decimal text and its value in units of 1e-60. */
const decimal = fc
  .record({
    units: fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }),
    decimals: fc.integer({ min: 0, max: 30 }),
    exponent: fc.integer({ min: -30, max: 30 }),
  })
  .map(({ units, decimals, exponent }) => {
    const digits = String(units < 0n ? -units : units).padStart(decimals + 1, '0');
    const point = digits.length - decimals;
    const fraction = decimals > 0 ? `.${digits.slice(point)}` : '';
    const text = `${units < 0n ? '-' : ''}${digits.slice(0, point)}${fraction}e${exponent}`;
    return { text, value: units * 10n ** BigInt(60 - decimals + exponent) };
  });

describe('compareDecimals', () => {
  it('orders numbers as their values are ordered', () => {
    fc.assert(
      fc.property(decimal, decimal, (one, other) => {
        const expected = one.value === other.value ? 0 : one.value < other.value ? -1 : 1;
        expect(Math.sign(compareDecimals(one.text, other.text))).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['0', '-0.000e9', 0],
    ['1e400', '1e399', 1],
    ['-1e400', '1', -1],
    ['12', '123', -1],
    ['531.0', '531', 0],
    ['+5', '5', 0],
  ])('compares %s with %s', (one, other, sign) => {
    expect(Math.sign(compareDecimals(one, other))).toBe(sign);
  });
});

describe('canonicalDecimal', () => {
  it('is the same text for the same value only', () => {
    fc.assert(
      fc.property(decimal, fc.integer({ min: 0, max: 5 }), decimal, (one, zeros, other) => {
        const [digits = '', exponent = ''] = one.text.split('e');
        const longer = `${digits.includes('.') ? digits : `${digits}.`}${'0'.repeat(zeros)}e${exponent}`;
        expect(canonicalDecimal(longer)).toBe(canonicalDecimal(one.text));
        expect(canonicalDecimal(one.text) === canonicalDecimal(other.text)).toBe(one.value === other.value);
      }),
    );
  });
});
