import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net';

/** `::/96`, the deprecated IPv4-compatible addresses: the agents take them, all but `::1`, for public ones. */
const ipv4Compatible = new BlockList();
ipv4Compatible.addSubnet('::', 96, 'ipv6');

export function isIpv4Compatible(address: string): boolean {
  return isIPv6(address) && address !== '::1' && ipv4Compatible.check(address, 'ipv6');
}

/** A name leads to an address that nothing here may connect to. */
export class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError';
}

/** @returns whether an address, in whatever notation it stands, lies in one of the networks */
export function inAnyOf(cidrs: readonly string[]): (address: string) => boolean {
  const networks = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', bits] = cidr.split('/');
    networks.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return (address) => isIn(networks, address) && !isIn(metadata, address);
}

function isIn(networks: BlockList, address: string): boolean {
  return isIP(address) > 0 && networks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** `fd00:ec2::/32`, the metadata services of EC2: nobody's receiver, though in a private range. */
const metadata = new BlockList();
metadata.addSubnet('fd00:ec2::', 32, 'ipv6');

/**
 * Asks once, for the check and for the connection. Refuses the addresses that the agents would let through; they judge all
 * others, but for those that `allow` lets them pass.
 */
export function lookupGuarded(resolve: LookupFunction, allow: (address: string) => void): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, options, (error, found, family) => {
      const addresses = Array.isArray(found) ? found.map(({ address }) => address) : [found];
      if (!error && addresses.some(isIpv4Compatible))
        return callback(new ForbiddenAddressError(hostname), '');
      if (!error) addresses.forEach(allow);
      return callback(error, found, family);
    });
  };
}
