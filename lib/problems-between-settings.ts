import { readReminderRule } from '../lambdas/core/reminder-rule.ts';
import { leastConcurrencyWithCommands } from './concurrency.ts';
import { prefix, type RelayConfig } from './config.ts';
import { readEnabledCommand } from './enabled-commands.ts';

/** A function has 4 KB for all its variables. The others of `deliver` take less than 1 KB. */
const mostCharacters = 3_000;

/**
 * Finds settings that contradict each other, or that have an effect only together with others.
 * @returns each problem as a sentence that names the settings
 */
export function findProblemsBetween(config: RelayConfig): string[] {
  return [
    ...findProblemsOfNetworks(config),
    ...findProblemsOfCommands(config),
    ...findProblemsOfReminders(config),
  ];
}

function findProblemsOfNetworks({
  allowedCidrs,
  subnetIds,
  securityGroupIds,
  caCertificate,
}: RelayConfig): string[] {
  const [hasNetworks, hasSubnets, hasGroups] = [allowedCidrs, subnetIds, securityGroupIds].map(
    ({ length }) => length > 0,
  );
  const problems: string[] = [];
  if (hasNetworks && !hasSubnets)
    problems.push(
      `${prefix}allowedCidrs needs ${prefix}subnetIds: private networks can be reached only from a VPC`,
    );
  if (caCertificate !== undefined && !hasNetworks)
    problems.push(
      `${prefix}caCertificate needs ${prefix}allowedCidrs: it is trusted for private receivers only`,
    );
  if (hasSubnets !== hasGroups)
    problems.push(`${prefix}subnetIds and ${prefix}securityGroupIds need each other`);
  const [networks, authorities] = [allowedCidrs.join(',').length, caCertificate?.length ?? 0];
  if (networks + authorities > mostCharacters)
    problems.push(
      `${prefix}allowedCidrs has ${networks} characters and ${prefix}caCertificate has ${authorities}; allowed: ${mostCharacters} together, because a function has 4 KB for all its variables`,
    );
  return problems;
}

function findProblemsOfCommands({ catalogs, commands, signedCommands, concurrency }: RelayConfig): string[] {
  const isCrowded = commands.length > 0 && concurrency < leastConcurrencyWithCommands;
  const crowded = `${prefix}concurrency is ${concurrency}; allowed: from ${leastConcurrencyWithCommands} with ${prefix}commands, which add two functions`;
  const isWithout = signedCommands && commands.length === 0;
  const without = `${prefix}signedCommands needs ${prefix}commands: it names the actions that clients may ask for`;
  const unknown = commands.flatMap((item) => {
    const catalog = readEnabledCommand(item)?.catalog;
    if (catalog === undefined || catalogs.includes(catalog)) return [];
    return [
      `${prefix}commands has ${item}; allowed: a catalog of ${prefix}catalogs, which is ${catalogs.join(',')}`,
    ];
  });
  return [...(isCrowded ? [crowded] : []), ...(isWithout ? [without] : []), ...unknown];
}

function findProblemsOfReminders({ reminders }: RelayConfig): string[] {
  const byName = Map.groupBy(reminders, (item) => readReminderRule(item)?.name);
  return [...byName.values()]
    .filter(({ length }) => length > 1)
    .map((items) => `${prefix}reminders has ${items.join(' and ')}; allowed: each reminder once`);
}
