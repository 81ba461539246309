import type { Metrics } from '../ports/metrics.ts';
import type { Quota } from '../ports/quota.ts';
import { callLimiter, type LimitersDeps } from './call-limiter.ts';
import { type WritePurpose, writePurposes } from './purposes.ts';
import { workerLedger } from './worker-ledger.ts';

export interface WriteLimitersDeps extends LimitersDeps {
  readonly metrics: Metrics<'WritesThrottled' | 'RowsUnreadable', 'WritesUsedOfDay'>;
}

/**
 * At one write a second permits are 1,052 ms apart. A late timer may use nearly all of what lies
 * beyond the second: with 25 ms, as for reads, half of the permits are lost while timers are 40 ms
 * late. Two writes whose ways to AWS differ can then arrive within a second: AWS throttles the
 * second one, and it is sent again later.
 */
const maxLateMs = 50;

export interface WriteLimit {
  readonly purpose: WritePurpose;
  /** See `CallLimiterDeps`. */
  readonly patienceMs: number;
}

/**
 * Returns what makes the limiters of writes of one worker. They share its view of the ledger, which
 * is another item than that of reads.
 */
export function writeLimiters(deps: WriteLimitersDeps): (limit: WriteLimit) => Quota {
  const { metrics, clock, random } = deps;
  const ledger = workerLedger({
    ...deps,
    calls: 'writes',
    reportUsedOfDay: (writes) => metrics.level('WritesUsedOfDay', writes),
  });
  return ({ purpose, patienceMs }) =>
    callLimiter({
      ledger,
      clock,
      random,
      purpose: writePurposes[purpose],
      patienceMs,
      maxLateMs,
      countThrottle: () => metrics.count('WritesThrottled'),
    });
}
