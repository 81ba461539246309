import type { Metrics } from '../ports/metrics.ts';
import type { Quota } from '../ports/quota.ts';
import { callLimiter, type LimiterDeps } from './call-limiter.ts';
import { type WritePurpose, writePurposes } from './purposes.ts';

export interface WriteLimiterDeps extends LimiterDeps {
  readonly purpose: WritePurpose;
  readonly metrics: Metrics<'WritesThrottled' | 'RowsUnreadable', 'WritesUsedOfDay'>;
}

/**
 * At one write a second permits are 1,052 ms apart. A late timer may use nearly all of what lies
 * beyond the second: with 25 ms, as for reads, half of the permits are lost while timers are 40 ms
 * late. Two writes whose ways to AWS differ can then arrive within a second: AWS throttles the
 * second one, and it is sent again later.
 */
const maxLateMs = 50;

/** The limiter of writes. Its ledger is another item than that of reads. */
export function writeLimiter(deps: WriteLimiterDeps): Quota {
  const { purpose, metrics } = deps;
  return callLimiter({
    ...deps,
    calls: 'writes',
    purpose: writePurposes[purpose],
    maxLateMs,
    countThrottle: () => metrics.count('WritesThrottled'),
    reportUsedOfDay: (writes) => metrics.level('WritesUsedOfDay', writes),
  });
}
