import { errorName } from '../../../lambdas/core/service-error.ts';
import { cdkCommand } from '../cdk-command.ts';
import { UsageError } from '../errors.ts';
import type { Relay } from '../relay.ts';
import { catalogAccess, credentials, quotaLeft, stack } from './access-checks.ts';
import { release, sharedQuota, workersAllowed } from './account-checks.ts';
import { alarmStates, alarmTopics } from './alarm-checks.ts';
import { clientsWork } from './client-checks.ts';
import { commandsWork } from './command-checks.ts';
import { blockedEndpoints, heldDeliveries, receivers, rotationsFinished } from './delivery-checks.ts';
import { eventsMatched, rulesEnabled } from './event-checks.ts';
import { exportsInTime } from './export-checks.ts';
import type { Check, CheckContext, Finding } from './finding.ts';
import { lastEventSeen, lastPasses } from './pass-checks.ts';
import { eventSourcesEnabled, schedulesEnabled, tablesReady } from './resource-checks.ts';
import { endpointsEnabled, parkedWork, rowsReadable } from './work-checks.ts';

const checks: readonly Check[] = [
  credentials,
  stack,
  release,
  rulesEnabled,
  eventsMatched,
  lastEventSeen,
  lastPasses,
  catalogAccess,
  quotaLeft,
  sharedQuota,
  schedulesEnabled,
  eventSourcesEnabled,
  tablesReady,
  workersAllowed,
  alarmStates,
  alarmTopics,
  parkedWork,
  endpointsEnabled,
  blockedEndpoints,
  rotationsFinished,
  receivers,
  heldDeliveries,
  rowsReadable,
  commandsWork,
  clientsWork,
  exportsInTime,
];

/** Runs every check at the same time. A check that fails is a finding too. */
export async function runChecks(context: CheckContext): Promise<readonly Finding[]> {
  const results = await Promise.allSettled(checks.map(({ run }) => run(context)));
  return results.flatMap((result, index): readonly Finding[] => {
    const check = checks[index]?.name ?? '';
    if (result.status === 'fulfilled') return result.value.map((finding) => ({ check, ...finding }));
    return [{ check, ...failedCheck(result.reason, context) }];
  });
}

/** IAM names the caller and the action, and sometimes the resource. */
const denial = /User: \S+:(assumed-role|user)\/([^\s/]+)\S* is not authorized to perform: ([\w-]+:\w+)/;

function failedCheck(error: unknown, { relay }: CheckContext): Omit<Finding, 'check'> {
  if (error instanceof UsageError)
    return { level: 'warning', found: `Not checked: ${error.message}`, advice: deployAdvice(relay) };
  const message = error instanceof Error ? (causeOf(error).message ?? '') : '';
  const [, kind, name, action] = denial.exec(message) ?? [];
  if (action === undefined)
    return {
      level: 'problem',
      found: `The check failed: ${errorName(error)}.`,
      advice: 'Make sure that these credentials may read it.',
    };
  const attach =
    kind === 'user' ? `attach-user-policy --user-name ${name}` : `attach-role-policy --role-name ${name}`;
  return {
    level: 'warning',
    found: `Not checked: these credentials may not call ${action}.`,
    advice: policyAdvice(attach, relay),
  };
}

function policyAdvice(attach: string, relay: Relay): string {
  const policyArn = relay.outputs.get('OperatePolicyArn');
  // A stack of release 0.1.0 has none.
  if (policyArn === undefined) return `${deployAdvice(relay)} It adds a policy for operators.`;
  return `Give them the policy for operators: \`aws iam ${attach} --policy-arn ${policyArn}\`.`;
}

function deployAdvice({ stackName }: Relay): string {
  return `Deploy this checkout: \`${cdkCommand('deploy', stackName)}\`.`;
}

function causeOf(error: Error): Partial<Error> {
  return error.cause instanceof Error ? error.cause : error;
}
