import { BlockList, isIPv6 } from 'node:net';
import type { Relay } from './relay.ts';

/** Addresses of this machine and of its link: no stack in AWS can reach them. */
const near = new BlockList();
near.addSubnet('0.0.0.0', 8, 'ipv4');
near.addSubnet('127.0.0.0', 8, 'ipv4');
near.addSubnet('169.254.0.0', 16, 'ipv4');
near.addAddress('::', 'ipv6');
near.addAddress('::1', 'ipv6');
near.addSubnet('fe80::', 10, 'ipv6');

/** Whether the stack is a local stage: its queues are on this machine. */
export function isLocalStage({ output }: Pick<Relay, 'output'>): boolean {
  return isLocalHost(hostOf(output('DeliveryQueueUrl')));
}

export function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}

export function isLocalHost(host: string): boolean {
  return /(?:^|\.)localhost\.?$/.test(host) || isIn(near, host);
}

export function isIn(networks: BlockList, host: string): boolean {
  return networks.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');
}
