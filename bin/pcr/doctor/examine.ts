import { errorName } from '../../../lambdas/core/service-error.ts';
import { catalogAccess, credentials, quotaLeft, stack } from './access-checks.ts';
import { heldDeliveries, receivers } from './delivery-checks.ts';
import { eventsMatched, rulesEnabled } from './event-checks.ts';
import type { Check, CheckContext, Finding } from './finding.ts';
import { endpointsEnabled, parkedWork } from './work-checks.ts';

const checks: readonly Check[] = [
  credentials,
  stack,
  rulesEnabled,
  eventsMatched,
  catalogAccess,
  quotaLeft,
  parkedWork,
  endpointsEnabled,
  receivers,
  heldDeliveries,
];

/** Makes every check, all at once; one that fails is a finding, too. */
export async function examine(examined: CheckContext): Promise<readonly Finding[]> {
  const ended = await Promise.allSettled(checks.map(({ run }) => run(examined)));
  return ended.flatMap((end, index): readonly Finding[] => {
    const check = checks[index]?.name ?? '';
    if (end.status === 'fulfilled') return end.value.map((finding) => ({ check, ...finding }));
    return [
      {
        check,
        level: 'problem',
        found: `It could not be checked: ${errorName(end.reason)}.`,
        advice: 'See that these credentials have the right to look at it.',
      },
    ];
  });
}
