interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** A test for addresses of a range, `10.0.0.0/8` or `2001:db8::/32`. Undefined where the text is no range. */
export function cidrTest(range: string): ((value: unknown) => boolean) | undefined {
  const [text = '', prefix = '', ...more] = range.split('/');
  const network = parseAddress(text);
  if (!network || more.length > 0 || !/^\d{1,3}$/.test(prefix) || Number(prefix) > network.bits)
    return undefined;
  const shift = BigInt(network.bits - Number(prefix));
  return (value) => {
    const address = typeof value === 'string' ? parseAddress(value) : undefined;
    return address?.bits === network.bits && address.value >> shift === network.value >> shift;
  };
}

function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): Address | undefined {
  const bytes = text.split('.');
  // A leading zero is octal to some and decimal to others.
  if (bytes.length !== 4 || !bytes.every((byte) => /^(?:0|[1-9]\d{0,2})$/.test(byte) && Number(byte) < 256))
    return undefined;
  return { bits: 32, value: bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n) };
}

function parseIpv6(text: string): Address | undefined {
  const [before = '', after, ...more] = withHexTail(text).split('::');
  const head = groupsOf(before);
  const tail = groupsOf(after ?? '');
  const missing = 8 - head.length - tail.length;
  if (more.length > 0 || (after === undefined ? missing !== 0 : missing < 1)) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return { bits: 128, value: groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n) };
}

function groupsOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(':');
}

/** `::ffff:10.0.0.1` as `::ffff:a00:1`. */
function withHexTail(text: string): string {
  const tail = text.slice(text.lastIndexOf(':') + 1);
  const ipv4 = tail.includes('.') ? parseIpv4(tail) : undefined;
  if (!ipv4) return text;
  const low = (ipv4.value & 65_535n).toString(16);
  return `${text.slice(0, text.length - tail.length)}${(ipv4.value >> 16n).toString(16)}:${low}`;
}
