import { BlockList } from 'node:net';
import { hiddenUrl } from '../../../lambdas/core/chat-url.ts';
import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { hostOf, isIn, isLocalHost, isLocalStage } from '../local-host.ts';
import type { Relay } from '../relay.ts';

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
  if (!isLocalHost(host)) {
    if (isIn(privateNetworks, host))
      io.note(
        `${id}: ${url} is private: the stack reaches it only if relay:allowedCidrs contains its network.`,
      );
    return;
  }
  // A local stage has its queues on this machine too, and can reach it.
  if (isLocalStage(relay)) return;
  throw new UsageError(
    `${id} url: ${url}; allowed: an address that AWS can reach; for a server on this machine use \`pcr listen ${url}\``,
  );
}
