import { BlockList, isIP } from 'node:net';

/**
 * A test for addresses in a range such as `10.0.0.0/8` or `2001:db8::/32`.
 * Returns undefined if the text is not a valid range.
 */
export function cidrTest(range: string): ((value: unknown) => boolean) | undefined {
  const [network = '', prefix = '', ...more] = range.split('/');
  const family = familyOf(network);
  if (!family || more.length > 0 || !/^\d{1,3}$/.test(prefix)) return undefined;
  if (Number(prefix) > (family === 'ipv4' ? 32 : 128)) return undefined;
  const addresses = new BlockList();
  addresses.addSubnet(network, Number(prefix), family);
  // `check` also finds an IPv4-mapped IPv6 address in an IPv4 range. EventBridge does not.
  return (value) => typeof value === 'string' && familyOf(value) === family && addresses.check(value, family);
}

/** An IPv6 address with a zone (`fe80::1%eth0`) is not valid in a pattern. */
function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = address.includes('%') ? 0 : isIP(address);
  if (version === 0) return undefined;
  return version === 4 ? 'ipv4' : 'ipv6';
}
