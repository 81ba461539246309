import { BlockList, isIP } from 'node:net';

/**
 * Networks that webhooks may be allowed to reach: private address ranges of a VPC, and no others.
 */
export const privateNetworks = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  'fc00::/7',
] as const;

const ranges = privateNetworks.map((cidr) => {
  const { address, bits, family } = parseCidr(cidr);
  const addresses = new BlockList();
  addresses.addSubnet(address, Number(bits), family);
  return { addresses, bits: Number(bits), family };
});

/** Whether a text is a CIDR block such as `10.20.0.0/16` inside one of the private networks. */
export function isPrivateNetwork(cidr: string): boolean {
  const { address, bits, family } = parseCidr(cidr);
  const isCidr = isIP(address) !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= maximumBits[family];
  return (
    isCidr &&
    ranges.some(
      (range) =>
        range.family === family && range.bits <= Number(bits) && range.addresses.check(address, family),
    )
  );
}

/** Whether a CIDR block has IPv6 addresses. */
export function isIpv6Network(cidr: string): boolean {
  return parseCidr(cidr).family === 'ipv6';
}

const maximumBits = { ipv4: 32, ipv6: 128 } as const;

function parseCidr(cidr: string): { address: string; bits: string; family: 'ipv4' | 'ipv6' } {
  const [address = '', bits = ''] = cidr.split(/\/(.*)/s);
  return { address, bits, family: address.includes(':') ? 'ipv6' : 'ipv4' };
}
