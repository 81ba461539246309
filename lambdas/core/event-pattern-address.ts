/**
 * An IPv4 address has 32 bits. An IPv6 address has 48 more in the middle, and 48 more at the end.
 */
export interface Address {
  readonly isShort: boolean;
  readonly first: number;
  readonly middle: number;
  readonly last: number;
}

/**
 * A test for addresses in a range such as `10.0.0.0/8` or `2001:db8::/32`.
 * Returns undefined if the text is not a valid range. AWS refuses ranges of one address.
 */
export function cidrTest(range: string): ((address: Address) => boolean) | undefined {
  const [network = '', prefix = '', ...more] = range.split('/');
  const address = addressOf(network);
  if (!address || more.length > 0 || !/^\+?\d{1,9}$/.test(prefix)) return undefined;
  const hostBits = (address.isShort ? 32 : 128) - Number(prefix);
  if (hostBits < 1) return undefined;
  const host = (1n << BigInt(hostBits)) - 1n;
  const lowest = bitsOf(address) & ~host;
  const { isShort } = address;
  const [bottom, top] = [addressWith(lowest, isShort), addressWith(lowest | host, isShort)];
  return (given) => isBetween(given, bottom, top);
}

/**
 * Compares from the first bit and ends as soon as the result is certain, as AWS does. An address of
 * the other family can be in a range: every IPv6 address is in `0.0.0.0/0`.
 */
function isBetween(address: Address, bottom: Address, top: Address): boolean {
  if (bottom.isShort) return address.first >= bottom.first && address.first <= top.first;
  if (address.isShort) return address.first > bottom.first && address.first < top.first;
  return compare(address, bottom) >= 0 && compare(address, top) <= 0;
}

function compare(one: Address, other: Address): number {
  return one.first - other.first || one.middle - other.middle || one.last - other.last;
}

function bitsOf({ isShort, first, middle, last }: Address): bigint {
  return isShort ? BigInt(first) : (((BigInt(first) << 48n) | BigInt(middle)) << 48n) | BigInt(last);
}

function addressWith(bits: bigint, isShort: boolean): Address {
  if (isShort) return shortAddress(Number(bits));
  const part = (shift: bigint) => Number((bits >> shift) & 0xffffffffffffn);
  return { isShort, first: part(96n), middle: part(48n), last: part(0n) };
}

function shortAddress(first: number): Address {
  return { isShort: true, first, middle: 0, last: 0 };
}

/** Equal addresses have the same key, however they are written. */
export function addressKey({ isShort, first, middle, last }: Address): string {
  return isShort ? `${first}` : `${first}:${middle}:${last}`;
}

const longest = 64;
const [zero, nine, colon, dot] = [48, 57, 58, 46];

/**
 * Reads an address as Java does: leading zeros are decimal, and an IPv4-mapped IPv6 address is an
 * IPv4 address. Returns undefined for other texts. Reads character by character, because a message
 * can have a hundred thousand addresses.
 */
export function addressOf(text: string): Address | undefined {
  if (text.length > longest) return undefined;
  if (text.includes('.')) return ipv4Of(text);
  return text.includes(':') ? ipv6Of(text) : undefined;
}

function ipv4Of(text: string): Address | undefined {
  if (text.length > 15) return undefined;
  let [first, byte, digits, dots] = [0, 0, 0, 0];
  for (let index = 0; index <= text.length; index += 1) {
    const code = index < text.length ? text.charCodeAt(index) : dot;
    if (code >= zero && code <= nine) {
      byte = byte * 10 + code - zero;
      digits += 1;
    } else {
      if (code !== dot || digits === 0 || byte > 255) return undefined;
      first = first * 256 + byte;
      [byte, digits] = [0, 0];
      dots += 1;
    }
  }
  return dots === 4 ? shortAddress(first) : undefined;
}

function ipv6Of(text: string): Address | undefined {
  const groups: number[] = [];
  let [gap, group, digits] = [-1, 0, 0];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === colon) {
      const isDouble = text.charCodeAt(index + 1) === colon;
      if (digits > 0) groups.push(group);
      else if (!(isDouble && index === 0)) return undefined;
      if (isDouble) {
        if (gap >= 0) return undefined;
        gap = groups.length;
        index += 1;
      } else if (index === text.length - 1) return undefined;
      [group, digits] = [0, 0];
    } else {
      const digit = hexDigit(code);
      group = group * 16 + digit;
      // A group of more than four digits is valid if the first ones are zeros.
      if (digit < 0 || group > 0xffff) return undefined;
      digits += 1;
    }
  }
  if (digits > 0) groups.push(group);
  if (gap < 0 ? groups.length !== 8 : groups.length > 7) return undefined;
  if (gap >= 0) groups.splice(gap, 0, ...Array<number>(8 - groups.length).fill(0));
  return addressOfGroups(groups);
}

function hexDigit(code: number): number {
  if (code >= zero && code <= nine) return code - zero;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

function addressOfGroups([a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0]: readonly number[]) {
  const [first, middle] = [pair(a, b), pair(c, d) * 0x1_0000 + e];
  if (first === 0 && middle === 0 && f === 0xffff) return shortAddress(pair(g, h));
  return { isShort: false, first, middle, last: pair(f, g) * 0x1_0000 + h };
}

function pair(high: number, low: number): number {
  return high * 0x1_0000 + low;
}
