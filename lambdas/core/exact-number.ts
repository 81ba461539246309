import { canonicalDecimal, compareDecimals } from './decimal.ts';

/**
 * A number of a JSON text that JavaScript cannot hold, such as 9007199254740993 or 1e400. All other
 * numbers are JavaScript numbers, so equal values have the same type.
 */
export class ExactNumber {
  /** As it was written. Two texts can say the same: 1e400 and 10e399. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Equal values give the same text. */
  get canonicalText(): string {
    return canonicalDecimal(this.text);
  }

  toString(): string {
    return this.text;
  }

  /** Without `stringifyJson` it is printed as a text, and not as another number. */
  toJSON(): string {
    return this.text;
  }
}

/** Reads a number as JSON and DynamoDB write it, without changing its value. */
export function parseNumber(text: string): number | ExactNumber {
  const value = Number(text);
  const printed = String(value);
  const isSame = printed === text || (Number.isFinite(value) && compareDecimals(printed, text) === 0);
  return isSame ? value : new ExactNumber(text);
}
