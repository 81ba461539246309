import { leastConcurrency } from '../../../lib/concurrency.ts';
import { readRelease } from '../../../lib/release.ts';
import { cdkCommand } from '../cdk-command.ts';
import { type FoundStack, findStacks } from '../stack.ts';
import type { Check, Finding } from './finding.ts';

/** AWS's documented quota of an account. Service Quotas does not list it, so it cannot be read. */
const documented = { perSecond: 10, perDay: 100_000 };

/** Every stack keeps to its own settings. They share the quota of the account. */
export const sharedQuota: Check = {
  name: 'shared quota',
  async run({ relay }) {
    return [sharedQuotaFinding(await findStacks(relay.clients.cloudformation), relay.stackName)];
  },
};

/** @param stackName the stack that the command is for */
export function sharedQuotaFinding(stacks: readonly FoundStack[], stackName: string): Omit<Finding, 'check'> {
  if (stacks.length < 2)
    return { level: 'ok', found: 'No other stack of this project reads with this account.' };
  const [perSecond = 0, perDay = 0] = ['ReadsPerSecond', 'ReadsPerDay'].map((output) =>
    stacks.reduce((sum, { outputs }) => sum + Number(outputs.get(output) ?? 0), 0),
  );
  const names = stacks.map(({ name }) => name).join(', ');
  const found = `The stacks ${names} together may read ${perSecond} times a second and ${perDay} times a day.`;
  const isKnown = stacks.every(({ outputs }) => outputs.has('ReadsPerSecond'));
  if (isKnown && perSecond <= documented.perSecond && perDay <= documented.perDay)
    return { level: 'ok', found };
  const unknown = isKnown ? '' : ' One is older and does not say how much it reads.';
  const part = {
    perSecond: Math.max(1, Math.floor(documented.perSecond / stacks.length)),
    perDay: Math.floor(documented.perDay / stacks.length),
  };
  return {
    level: 'warning',
    found: `${found}${unknown} AWS documents ${documented.perSecond} and ${documented.perDay} for an account, and throttles all of them above that.`,
    advice: `Unless AWS granted more, give each its part, and keep the values in cdk.json: \`${cdkCommand(`deploy -c relay:readsPerSecond=${part.perSecond} -c relay:readsPerDay=${part.perDay}`, stackName)}\`.`,
  };
}

export const workersAllowed: Check = {
  name: 'concurrency',
  async run({ relay, parts }) {
    const { granted, unreserved } = await parts.accountConcurrency();
    const most = Number(relay.output('Concurrency'));
    const found = `The functions may take ${most} concurrent invocations (relay:concurrency); the account grants ${granted}, and ${unreserved} are not reserved.`;
    if (most <= unreserved) return [{ level: 'ok', found }];
    const request =
      '`aws service-quotas request-service-quota-increase --region us-east-1 --service-code lambda --quota-code L-B99A9384 --desired-value 1000`';
    return [
      {
        level: 'warning',
        found: `${found} Receivers that do not answer can then stop the other functions.`,
        advice:
          unreserved < leastConcurrency
            ? `Request more: ${request}.`
            : `Deploy again: \`${cdkCommand(`deploy -c relay:concurrency=${unreserved}`, relay.stackName)}\`, or request more: ${request}.`,
      },
    ];
  },
};

export const release: Check = {
  name: 'release',
  async run({ relay }) {
    const deployed = relay.output('Release');
    const here = readRelease();
    if (deployed === here)
      return [{ level: 'ok', found: `Release ${here} is deployed, as in this checkout.` }];
    return [
      {
        level: 'warning',
        found: `Release ${deployed} is deployed, and this checkout is ${here}: \`pcr\` may expect what the functions do not do.`,
        advice: `See what would change: \`${cdkCommand('diff', relay.stackName)}\`. Deploy this checkout, \`${cdkCommand('deploy', relay.stackName)}\`, or check out the deployed one.`,
      },
    ];
  },
};
