import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net';

/**
 * `::/96`, the deprecated IPv4-compatible addresses. The agents treat all of them but `::1` as
 * public.
 */
const ipv4Compatible = new BlockList();
ipv4Compatible.addSubnet('::', 96, 'ipv6');

export function isIpv4Compatible(address: string): boolean {
  return isIPv6(address) && address !== '::1' && ipv4Compatible.check(address, 'ipv6');
}

/** A host name resolves to an address that this stack must not connect to. */
export class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError';
}

/** Returns a function that tells whether an address, in any notation, is in these networks. */
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

/** `fd00:ec2::/32`, the EC2 metadata services. Never allowed, although the range is private. */
const metadata = new BlockList();
metadata.addSubnet('fd00:ec2::', 32, 'ipv6');

/**
 * Resolves a name once, for the check and for the connection. Refuses addresses that the agents
 * would wrongly accept, and passes all others to `allow`. The agents check the rest.
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
