import { decimalOf } from '../../../lambdas/core/decimal.ts';
import type { ExactNumber } from '../../../lambdas/core/exact-number.ts';

/**
 * The type of amounts in Parquet is DECIMAL(38, 6): the widest that DuckDB, Athena and Snowflake
 * read. It holds every amount that a summary takes from a payload: 31 digits and 6 decimals.
 */
export const amountPrecision = 38;
export const amountScale = 6;

const mostMagnitude = BigInt(amountPrecision - amountScale);

/** Returns a number times 10^6. Returns undefined if DECIMAL(38, 6) cannot hold it exactly. */
export function unscaledAmount(amount: number | ExactNumber): bigint | undefined {
  const { sign, digits, magnitude } = decimalOf(String(amount));
  if (sign === 0) return 0n;
  const zeros = magnitude - BigInt(digits.length) + BigInt(amountScale);
  if (zeros < 0n || magnitude > mostMagnitude) return undefined;
  return BigInt(sign) * BigInt(digits) * 10n ** zeros;
}

/** Writes a number with all its digits and without an exponent: 1e21 is 1000000000000000000000. */
export function amountText(amount: number | ExactNumber): string | undefined {
  const unscaled = unscaledAmount(amount);
  if (unscaled === undefined) return undefined;
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(amountScale + 1, '0');
  const fraction = digits.slice(-amountScale).replace(/0+$/, '');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -amountScale)}${fraction && `.${fraction}`}`;
}
