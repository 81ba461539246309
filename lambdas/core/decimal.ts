const decimal = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i;

/** Whether a text is a decimal number of up to 64 characters, such as an amount of AWS: "531.0". */
export function isDecimal(text: string): boolean {
  return text.length <= 64 && /^[+-]?\d+(?:\.\d+)?$/.test(text);
}

/** Compares two decimal numbers exactly. Returns the sign of the difference. */
export function compareDecimals(one: string, other: string): number {
  return compareParsed(decimalOf(one), decimalOf(other));
}

export function compareParsed(a: Decimal, b: Decimal): number {
  if (a.sign !== b.sign) return a.sign - b.sign;
  return a.sign * compareSizes(a, b);
}

/** Equal values give the same text: a sign, the significant digits, and a power of ten. */
export function canonicalDecimal(text: string): string {
  const { sign, digits, magnitude } = decimalOf(text);
  return `${sign < 0 ? '-' : ''}${digits || '0'}e${magnitude - BigInt(digits.length)}`;
}

/** Digits without zeros at the ends, and the power of ten right above them: 12.30 is 0.123e2. */
export interface Decimal {
  readonly sign: -1 | 0 | 1;
  readonly digits: string;
  readonly magnitude: bigint;
}

export function decimalOf(text: string): Decimal {
  const [, sign, whole = '', fraction = '', exponent = '0'] = decimal.exec(text) ?? [];
  const all = whole + fraction;
  let first = 0;
  while (all[first] === '0') first += 1;
  let end = all.length;
  while (end > first && all[end - 1] === '0') end -= 1;
  if (first === end) return { sign: 0, digits: '', magnitude: 0n };
  const magnitude = BigInt(whole.length - first) + BigInt(exponent.replace('+', ''));
  return { sign: sign === '-' ? -1 : 1, digits: all.slice(first, end), magnitude };
}

function compareSizes(a: Decimal, b: Decimal): number {
  if (a.magnitude !== b.magnitude) return a.magnitude < b.magnitude ? -1 : 1;
  // Of two fractions, the one that sorts first is smaller: 0.12 < 0.123 < 0.2.
  if (a.digits === b.digits) return 0;
  return a.digits < b.digits ? -1 : 1;
}
