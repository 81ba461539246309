/**
 * A test for addresses in a range such as `10.0.0.0/8` or `2001:db8::/32`.
 * Returns undefined if the text is not a valid range. AWS refuses ranges of one address.
 */
export function cidrTest(range: string): ((value: unknown) => boolean) | undefined {
  const [network = '', prefix = '', ...more] = range.split('/');
  const digits = addressDigits(network);
  if (digits === undefined || more.length > 0 || !/^\+?\d{1,9}$/.test(prefix)) return undefined;
  const hostBits = digits.length * 4 - Number(prefix);
  if (hostBits < 1) return undefined;
  const host = (1n << BigInt(hostBits)) - 1n;
  const lowest = BigInt(`0x${digits}`) & ~host;
  const [bottom = '', top = ''] = [lowest, lowest | host].map((each) =>
    each.toString(16).padStart(digits.length, '0'),
  );
  return (value) => {
    const given = typeof value === 'string' ? addressDigits(value) : undefined;
    return given !== undefined && isBetween(given, bottom, top);
  };
}

/**
 * Compares digit by digit and ends as soon as the result is certain, as AWS does. An address of the
 * other family can be in a range: every IPv6 address is in `0.0.0.0/0`.
 */
function isBetween(digits: string, bottom: string, top: string): boolean {
  let [isAtBottom, isAtTop] = [true, true];
  for (const [index, lowest] of [...bottom].entries()) {
    const [digit, highest] = [digits[index], top[index] ?? ''];
    if (digit === undefined || (isAtBottom && digit < lowest) || (isAtTop && digit > highest)) return false;
    isAtBottom &&= digit === lowest;
    isAtTop &&= digit === highest;
    if (!isAtBottom && !isAtTop) return true;
  }
  return true;
}

/**
 * The hexadecimal digits of an address, 8 or 32. AWS reads addresses as Java does: leading zeros are
 * decimal, and an IPv4-mapped IPv6 address is an IPv4 address. Returns undefined for other texts.
 */
export function addressDigits(text: string): string | undefined {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(text)) {
    const bytes = text.split('.').map(Number);
    return text.length <= 15 && bytes.every((byte) => byte <= 255) ? joinedDigits(bytes, 2) : undefined;
  }
  if (text.length > 64 || !/^[\da-f:]*:[\da-f:]*$/i.test(text)) return undefined;
  const groups = ipv6Groups(text);
  return groups && joinedDigits(groups, 4).replace(/^0{20}ffff/, '');
}

function joinedDigits(numbers: readonly number[], length: number): string {
  return numbers.map((each) => each.toString(16).padStart(length, '0')).join('');
}

function ipv6Groups(text: string): readonly number[] | undefined {
  const [left = '', right, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const [before = [], after = []] = [left, right ?? ''].map((part) => (part === '' ? [] : part.split(':')));
  const missing = 8 - before.length - after.length;
  if (right === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...before, ...Array<string>(missing).fill('0'), ...after];
  const isValid = groups.every((group) => group !== '' && Number.parseInt(group, 16) <= 0xff_ff);
  return isValid ? groups.map((group) => Number.parseInt(group, 16)) : undefined;
}
