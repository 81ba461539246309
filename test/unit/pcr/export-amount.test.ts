import { assert, bigInt, property } from 'fast-check';
import { expect, it } from 'vitest';
import { amountText, unscaledAmount } from '../../../bin/pcr/export/amount.ts';
import { parseNumber } from '../../../lambdas/core/exact-number.ts';

it.each([
  ['0', '0', 0n],
  ['531.0', '531', 531_000_000n],
  ['0.000001', '0.000001', 1n],
  ['-2.5', '-2.5', -2_500_000n],
  ['1000000000000000000000', '1000000000000000000000', 10n ** 27n],
  ['1234567890123456789012345678901.123456', '1234567890123456789012345678901.123456', undefined],
])('an amount is written with all its digits: %s', (given, text, unscaled) => {
  expect(amountText(parseNumber(given))).toBe(text);
  if (unscaled !== undefined) expect(unscaledAmount(parseNumber(given))).toBe(unscaled);
});

it('every amount of up to 32 digits and 6 decimals keeps its value', () => {
  assert(
    property(bigInt(0n, 10n ** 38n - 1n), (unscaled) => {
      const digits = String(unscaled).padStart(7, '0');
      const amount = parseNumber(`${digits.slice(0, -6)}.${digits.slice(-6)}`);
      expect(unscaledAmount(amount)).toBe(unscaled);
      expect(unscaledAmount(parseNumber(amountText(amount) ?? ''))).toBe(unscaled);
    }),
  );
});

it.each(['0.0000001', '1e32', '1e400'])(
  'a number that DECIMAL(38, 6) cannot hold has no amount: %s',
  (given) => {
    expect(unscaledAmount(parseNumber(given))).toBeUndefined();
    expect(amountText(parseNumber(given))).toBeUndefined();
  },
);
