import { errorName } from '../../../lambdas/core/service-error.ts';
import { catalogAccess, credentials, quotaLeft, stack } from './access-checks.ts';
import { blockedEndpoints, heldDeliveries, receivers } from './delivery-checks.ts';
import { eventsMatched, rulesEnabled } from './event-checks.ts';
import type { Check, CheckContext, Finding } from './finding.ts';
import { endpointsEnabled, parkedWork, rowsReadable } from './work-checks.ts';

const checks: readonly Check[] = [
  credentials,
  stack,
  rulesEnabled,
  eventsMatched,
  catalogAccess,
  quotaLeft,
  parkedWork,
  endpointsEnabled,
  blockedEndpoints,
  receivers,
  heldDeliveries,
  rowsReadable,
];

/** Runs every check at the same time. A check that fails is a finding too. */
export async function runChecks(context: CheckContext): Promise<readonly Finding[]> {
  const results = await Promise.allSettled(checks.map(({ run }) => run(context)));
  return results.flatMap((result, index): readonly Finding[] => {
    const check = checks[index]?.name ?? '';
    if (result.status === 'fulfilled') return result.value.map((finding) => ({ check, ...finding }));
    return [
      {
        check,
        level: 'problem',
        found: `The check failed: ${errorName(result.reason)}.`,
        advice: 'Make sure that these credentials may read it.',
      },
    ];
  });
}
