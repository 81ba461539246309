import { prefix, type RelayConfig } from './config.ts';

/**
 * Finds settings that contradict each other, or that have an effect only together with others.
 * @returns each problem as a sentence that names the settings
 */
export function findProblemsBetween({
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
  return problems;
}
