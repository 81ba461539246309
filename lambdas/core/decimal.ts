const decimal = /^([+-]?)0*(\d*?)(?:\.(\d*?)0*)?$/;

/** Whether a text is a decimal number of up to 64 characters, such as an amount of AWS: "531.0". */
export function isDecimal(text: string): boolean {
  return text.length <= 64 && /^[+-]?\d+(?:\.\d+)?$/.test(text);
}

/** Compares a decimal text with a number, exactly. Returns the sign of the difference. */
export function compareDecimals(text: string, limit: number): number {
  // Rounding keeps the order, so only what rounds to the same number is compared further.
  const rounded = Number(text);
  if (rounded !== limit) return rounded - limit;
  return compareUnits(unitsOf(text), unitsOf(plainText(limit)));
}

interface Units {
  readonly digits: bigint;
  readonly decimals: number;
}

function unitsOf(text: string): Units {
  const [, sign = '', whole = '', fraction = ''] = decimal.exec(text) ?? [];
  const digits = BigInt(`0${whole}${fraction}`);
  return { digits: sign === '-' ? -digits : digits, decimals: fraction.length };
}

function compareUnits(a: Units, b: Units): number {
  const left = a.digits * 10n ** BigInt(Math.max(0, b.decimals - a.decimals));
  const right = b.digits * 10n ** BigInt(Math.max(0, a.decimals - b.decimals));
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** The digits that JavaScript prints, without an exponent. */
function plainText(value: number): string {
  const [digits = '', exponent] = String(value).split('e');
  if (exponent === undefined) return digits;
  const [whole = '', fraction = ''] = digits.replace('-', '').split('.');
  const sign = value < 0 ? '-' : '';
  return `${sign}0.${'0'.repeat(Math.max(0, -Number(exponent) - 1))}${whole}${fraction}`;
}
