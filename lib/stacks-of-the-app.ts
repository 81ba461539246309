import { Annotations, Aspects, Stack, Token } from 'aws-cdk-lib';
import { partnerCentralRegion, type RelayConfig } from './config.ts';

/** Finds the stacks of the app in the same account and region, as far as synth knows them. */
function findNeighbors(stack: Stack): readonly Stack[] {
  const { account, region } = stack;
  return stack.node.root.node
    .findAll()
    .filter((node): node is Stack => Stack.isStack(node))
    .filter((each) => each.account === account && each.region === region);
}

/** @returns one sentence if the stack is not in the region of Partner Central's events */
export function findWrongRegion({ region: given }: Stack): string[] {
  if (given === partnerCentralRegion) return [];
  const region = Token.isUnresolved(given) ? 'only known at deployment' : given;
  return [
    `This stack must be in ${partnerCentralRegion}, but its env.region is ${region}. Partner Central publishes its events only to the default bus of that region, so in any other region no rule would match.`,
  ];
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

/** Settings that stand for a quota of the account, and what each counts. */
const sharedQuotas = [
  ['readsPerSecond', 'reads a second'],
  ['readsPerDay', 'reads a day'],
  ['concurrency', 'concurrent invocations'],
  ['writesPerSecond', 'writes a second'],
  ['writesPerDay', 'writes a day'],
] as const;
type Shared = Pick<RelayConfig, (typeof sharedQuotas)[number][0] | 'commands'>;

const list = new Intl.ListFormat('en-GB');

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
      const configs = relays.flatMap((stack) => sharedOf(stack) ?? []);
      Annotations.of(relay).addWarningV2('relay:sharedQuotas', describeShared(relays, configs));
    },
  });
}

function describeShared(relays: readonly Stack[], configs: readonly Shared[]): string {
  const quotas = sharedQuotas.filter(
    ([name]) => !name.startsWith('writes') || configs.some(({ commands }) => commands.length > 0),
  );
  const sums = quotas.map(
    ([name, counted]) => `${configs.reduce((sum, config) => sum + config[name], 0)} ${counted}`,
  );
  const settings = quotas.map(([name]) => `relay:${name}`);
  return `${relays.map((stack) => stack.node.path).join(', ')} use the quotas of one account: together ${list.format(sums)}. Divide what Service Quotas grants between them by ${list.format(settings)}.`;
}
