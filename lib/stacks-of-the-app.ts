import { Annotations, Aspects, Stack } from 'aws-cdk-lib';
import type { RelayConfig } from './config.ts';

/** Finds the stacks of the app in the same account and region, as far as synth knows them. */
function findNeighbors(stack: Stack): readonly Stack[] {
  const { account, region } = stack;
  return stack.node.root.node
    .findAll()
    .filter((node): node is Stack => Stack.isStack(node))
    .filter((each) => each.account === account && each.region === region);
}

/** @returns one sentence for each other stack of the app that has the same name */
export function findTakenNames(stack: Stack): string[] {
  const { stackName, node } = stack;
  return findNeighbors(stack)
    .filter((other) => other !== stack && other.stackName === stackName)
    .map(
      (other) =>
        `The stacks ${node.path} and ${other.node.path} both have the name ${stackName}, which an account can have once in a region. Give one of them another name by relay:stackName.`,
    );
}

type Shared = Pick<RelayConfig, 'readsPerSecond' | 'readsPerDay' | 'concurrency'>;

/**
 * Warns if several relays of the app share the quotas of one account. The last of them has the
 * warning, with the sums of all.
 * @param sharedOf returns undefined for a stack that is no relay
 */
export function warnOfSharedQuotas(relay: Stack, sharedOf: (stack: Stack) => Shared | undefined): void {
  // At synth, when every stack of the app is there.
  Aspects.of(relay).add({
    visit(node) {
      if (node !== relay) return;
      const relays = findNeighbors(relay).filter((stack) => sharedOf(stack) !== undefined);
      if (relays.length < 2 || relays.at(-1) !== relay) return;
      const sum = (name: keyof Shared) =>
        relays.reduce((total, stack) => total + (sharedOf(stack)?.[name] ?? 0), 0);
      Annotations.of(relay).addWarningV2(
        'relay:sharedQuotas',
        `${relays.map((stack) => stack.node.path).join(', ')} use the quotas of one account: together ${sum('readsPerSecond')} reads a second, ${sum('readsPerDay')} reads a day and ${sum('concurrency')} concurrent invocations. Divide what Service Quotas grants between them by relay:readsPerSecond, relay:readsPerDay and relay:concurrency.`,
      );
    },
  });
}
