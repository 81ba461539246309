import { BlockList, isIP } from 'node:net';

/** What can be opened to webhooks: networks that lead into somebody's own VPC, and nowhere else. */
export const privateNetworks = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  'fc00::/7',
] as const;

const known = privateNetworks.map(parseCidr);

/** Whether a text is a network, `10.20.0.0/16`, that lies inside one of them. */
export function isPrivateNetwork(cidr: string): boolean {
  const { address, bits, family } = parseCidr(cidr);
  if (isIP(address) === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 'ipv4' ? 32 : 128))
    return false;
  return known.some((outer) => {
    const network = new BlockList();
    network.addSubnet(outer.address, Number(outer.bits), outer.family);
    return outer.family === family && Number(bits) >= Number(outer.bits) && network.check(address, family);
  });
}

function parseCidr(cidr: string): { address: string; bits: string; family: 'ipv4' | 'ipv6' } {
  const [address = '', bits = ''] = cidr.split(/\/(.*)/s);
  return { address, bits, family: address.includes(':') ? 'ipv6' : 'ipv4' };
}
