import { type Decimal, decimalOf, isDecimal } from './decimal.ts';
import { type Address, addressOf } from './event-pattern-address.ts';

/** A text that is a decimal number. */
export interface NumericText {
  /** The nearest JavaScript number. Rounding keeps the order. */
  readonly rounded: number;
  readonly exact: () => Decimal;
}

/**
 * Reads values for all fields of one pattern. Many operators look at one value after each other, so
 * each reader remembers the last value and reads it once.
 */
export interface FieldOptions {
  /** Whether `numeric` also compares texts. */
  readonly numericTexts: boolean;
  readonly addressOf: (text: string) => Address | undefined;
  readonly numericTextOf: (text: string) => NumericText | undefined;
}

/** @param onRead called for every text that is read as an address or a number. Tests count them. */
export function readersOf(numericTexts: boolean, onRead: () => void = () => undefined): FieldOptions {
  return {
    numericTexts,
    addressOf: rememberLast((text) => {
      onRead();
      return addressOf(text);
    }),
    numericTextOf: rememberLast((text) => {
      onRead();
      return numericTextOf(text);
    }),
  };
}

function numericTextOf(text: string): NumericText | undefined {
  if (!isDecimal(text)) return undefined;
  let exact: Decimal | undefined;
  return { rounded: Number(text), exact: () => (exact ??= decimalOf(text)) };
}

function rememberLast<T>(read: (text: string) => T): (text: string) => T {
  let last: { readonly text: string; readonly result: T } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, result: read(text) };
    return last.result;
  };
}
