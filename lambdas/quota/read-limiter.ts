import type { Metrics } from '../ports/metrics.ts';
import type { Quota } from '../ports/quota.ts';
import { callLimiter, type LimitersDeps } from './call-limiter.ts';
import { type ReadPurpose, readPurposes } from './purposes.ts';
import { workerLedger } from './worker-ledger.ts';

export interface ReadLimitersDeps extends LimitersDeps {
  readonly metrics: Metrics<'ReadsThrottled' | 'RowsUnreadable', 'ReadsUsedOfDay'>;
}

export interface ReadLimit {
  readonly purpose: ReadPurpose;
  /** See `CallLimiterDeps`. */
  readonly patienceMs: number;
  /** The share of the daily limit at which the reads stop. @default that of the purpose */
  readonly shareOfDay?: number | undefined;
}

/** Ten permits are 52 ms longer than a second. The other half is for the way to AWS. */
const maxLateMs = 25;

/** Returns what makes the limiters of reads of one worker. They share its view of the ledger. */
export function readLimiters(deps: ReadLimitersDeps): (limit: ReadLimit) => Quota {
  const { metrics, clock, random } = deps;
  const ledger = workerLedger({
    ...deps,
    calls: 'reads',
    reportUsedOfDay: (reads) => metrics.level('ReadsUsedOfDay', reads),
  });
  return ({ purpose, patienceMs, shareOfDay = readPurposes[purpose].shareOfDay }) =>
    callLimiter({
      ledger,
      clock,
      random,
      purpose: { ...readPurposes[purpose], shareOfDay },
      patienceMs,
      maxLateMs,
      countThrottle: () => metrics.count('ReadsThrottled'),
    });
}
