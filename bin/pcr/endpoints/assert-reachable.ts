import { BlockList, isIPv6 } from 'node:net';
import { hiddenUrl } from '../../../lambdas/core/chat-url.ts';
import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import type { Relay } from '../relay.ts';

/** Addresses of this machine and of its link: no stack in AWS can reach them. */
const near = new BlockList();
near.addSubnet('0.0.0.0', 8, 'ipv4');
near.addSubnet('127.0.0.0', 8, 'ipv4');
near.addSubnet('169.254.0.0', 16, 'ipv4');
near.addAddress('::', 'ipv6');
near.addAddress('::1', 'ipv6');
near.addSubnet('fe80::', 10, 'ipv6');

/** A stack can reach these only if the setting `relay:allowedCidrs` allows it. */
const privateNetworks = new BlockList();
privateNetworks.addSubnet('10.0.0.0', 8, 'ipv4');
privateNetworks.addSubnet('172.16.0.0', 12, 'ipv4');
privateNetworks.addSubnet('192.168.0.0', 16, 'ipv4');
privateNetworks.addSubnet('fc00::', 7, 'ipv6');

/**
 * @param channelUrl of an endpoint in a chat, if it is given
 * @throws UsageError if a webhook goes to this machine and the stack is in AWS
 */
export function assertReachable(
  { id, destination }: Endpoint,
  relay: Pick<Relay, 'output'>,
  io: Pick<Io, 'note'>,
  channelUrl?: string,
): void {
  const given = destination.kind === 'webhook' ? destination.url : channelUrl;
  if (given === undefined) return;
  const url = destination.kind === 'webhook' ? given : hiddenUrl(given);
  const host = hostOf(given);
  if (!isLocal(host)) {
    if (isIn(privateNetworks, host))
      io.note(
        `${id}: ${url} is private: the stack reaches it only if relay:allowedCidrs contains its network.`,
      );
    return;
  }
  // A local stage has its queues on this machine too, and can reach it.
  if (isLocal(hostOf(relay.output('DeliveryQueueUrl')))) return;
  throw new UsageError(
    `${id} url: ${url}; allowed: an address that AWS can reach; for a server on this machine use \`pcr listen ${url}\``,
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
