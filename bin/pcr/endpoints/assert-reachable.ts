import { BlockList, isIPv6 } from 'node:net';
import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import type { Relay } from '../relay.ts';

/** Of the machine itself and of its link: no stack in AWS gets there, however it is deployed. */
const near = new BlockList();
near.addSubnet('0.0.0.0', 8, 'ipv4');
near.addSubnet('127.0.0.0', 8, 'ipv4');
near.addSubnet('169.254.0.0', 16, 'ipv4');
near.addAddress('::', 'ipv6');
near.addAddress('::1', 'ipv6');
near.addSubnet('fe80::', 10, 'ipv6');

/** A stack gets there where it was deployed with `relay:allowedCidrs`. */
const privateNetworks = new BlockList();
privateNetworks.addSubnet('10.0.0.0', 8, 'ipv4');
privateNetworks.addSubnet('172.16.0.0', 12, 'ipv4');
privateNetworks.addSubnet('192.168.0.0', 16, 'ipv4');
privateNetworks.addSubnet('fc00::', 7, 'ipv6');

/** @throws UsageError where the address of a webhook is one of the machine that `pcr` runs on, and the stack is in AWS */
export function assertReachable(
  io: Pick<Io, 'note'>,
  relay: Pick<Relay, 'output'>,
  { id, destination }: Endpoint,
): void {
  if (destination.kind !== 'webhook') return;
  const { url } = destination;
  const host = hostOf(url);
  if (!isLocal(host)) {
    if (isIn(privateNetworks, host))
      io.note(`${id}: ${url} is private: the stack gets there only if relay:allowedCidrs has its network.`);
    return;
  }
  // The queues of a local stage are on this machine, too.
  if (isLocal(hostOf(relay.output('DeliveryQueueUrl')))) return;
  throw new UsageError(
    `${id} url: ${url}; allowed: an address that AWS gets to; for a server on this machine use \`pcr listen ${url}\``,
  );
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}

function isLocal(host: string): boolean {
  return /(?:^|\.)localhost\.?$/.test(host) || isIn(near, host);
}

function isIn(networks: BlockList, host: string): boolean {
  return networks.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');
}
