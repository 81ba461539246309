import { Annotations, Stack } from 'aws-cdk-lib';
import type { RelayConfig } from './config.ts';

/** Finds the other stacks of the app in the same account and region, as far as synth knows them. */
function findOtherStacks(stack: Stack): readonly Stack[] {
  const { account, region } = stack;
  return stack.node.root.node
    .findAll()
    .filter((node): node is Stack => Stack.isStack(node) && node !== stack)
    .filter((other) => other.account === account && other.region === region);
}

/** @returns one sentence for each other stack of the app that has the same name */
export function findTakenNames(stack: Stack): string[] {
  const { stackName, node } = stack;
  return findOtherStacks(stack)
    .filter((other) => other.stackName === stackName)
    .map(
      (other) =>
        `The stacks ${node.path} and ${other.node.path} both have the name ${stackName}, which an account can have once in a region. Give one of them another name by relay:stackName.`,
    );
}

type Shared = Pick<RelayConfig, 'readsPerSecond' | 'readsPerDay' | 'concurrency'>;

/** Warns if several relays of the app share the quotas of one account. */
export function warnOfSharedQuotas(
  stack: Stack,
  shared: Shared,
  settingsOf: (other: Stack) => Shared | undefined,
): void {
  for (const other of findOtherStacks(stack)) {
    const settings = settingsOf(other);
    if (settings === undefined) continue;
    const together = (name: keyof Shared): number => shared[name] + settings[name];
    Annotations.of(stack).addWarningV2(
      'relay:sharedQuotas',
      `${stack.node.path} and ${other.node.path} use the quotas of one account: together ${together('readsPerSecond')} reads a second, ${together('readsPerDay')} reads a day and ${together('concurrency')} concurrent invocations. Divide what Service Quotas grants between them by relay:readsPerSecond, relay:readsPerDay and relay:concurrency.`,
    );
  }
}
