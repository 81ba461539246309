/**
 * A test for addresses in a range such as `10.0.0.0/8` or `2001:db8::/32`.
 * Returns undefined if the text is not a valid range. AWS refuses ranges of one address.
 */
export function cidrTest(
  range: string,
  digitsOf: (value: string) => string | undefined = addressDigits,
): ((value: unknown) => boolean) | undefined {
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
    const given = typeof value === 'string' ? digitsOf(value) : undefined;
    return given !== undefined && isBetween(given, bottom, top);
  };
}

/**
 * Compares digit by digit and ends as soon as the result is certain, as AWS does. An address of the
 * other family can be in a range: every IPv6 address is in `0.0.0.0/0`.
 */
function isBetween(digits: string, bottom: string, top: string): boolean {
  let [isAtBottom, isAtTop] = [true, true];
  for (let index = 0; index < bottom.length; index += 1) {
    const digit = digits.charAt(index);
    const [lowest, highest] = [bottom.charAt(index), top.charAt(index)];
    if (digit === '' || (isAtBottom && digit < lowest) || (isAtTop && digit > highest)) return false;
    isAtBottom &&= digit === lowest;
    isAtTop &&= digit === highest;
    if (!isAtBottom && !isAtTop) return true;
  }
  return true;
}

/**
 * Returns the hexadecimal digits of an address, 8 or 32. AWS reads addresses as Java does: leading
 * zeros are decimal, and an IPv4-mapped IPv6 address is an IPv4 address. Returns undefined for
 * other texts.
 */
export function addressDigits(text: string): string | undefined {
  if (text.length > 64) return undefined;
  if (text.includes('.')) return ipv4Digits(text);
  return text.includes(':') ? ipv6Digits(text) : undefined;
}

function ipv4Digits(text: string): string | undefined {
  if (text.length > 15 || !/^\d+\.\d+\.\d+\.\d+$/.test(text)) return undefined;
  const bytes = text.split('.').map(Number);
  if (bytes.some((byte) => byte > 255)) return undefined;
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function ipv6Digits(text: string): string | undefined {
  if (!/^[\da-f:]+$/i.test(text)) return undefined;
  const [left = '', right, ...more] = text.toLowerCase().split('::');
  if (more.length > 0) return undefined;
  const before = left === '' ? [] : left.split(':');
  const after = right === undefined || right === '' ? [] : right.split(':');
  const missing = 8 - before.length - after.length;
  if (right === undefined ? missing !== 0 : missing < 1) return undefined;
  // A group of more than four digits is valid if the first ones are zeros.
  const groups = [...before, ...Array<string>(missing).fill('0'), ...after];
  if (groups.some((group) => group === '' || (group.length > 4 && !/^0+.{4}$/.test(group)))) return undefined;
  const digits = groups.map((group) => group.slice(-4).padStart(4, '0')).join('');
  return digits.startsWith(mappedPrefix) ? digits.slice(mappedPrefix.length) : digits;
}

const mappedPrefix = `${'0'.repeat(20)}ffff`;
