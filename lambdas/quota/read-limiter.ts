import type { Metrics } from '../ports/metrics.ts';
import type { Quota } from '../ports/quota.ts';
import { callLimiter, type LimiterDeps } from './call-limiter.ts';
import { type ReadPurpose, readPurposes } from './purposes.ts';

export interface ReadLimiterDeps extends LimiterDeps {
  readonly purpose: ReadPurpose;
  /** The share of the daily limit at which the reads stop. @default that of the purpose */
  readonly shareOfDay?: number | undefined;
  readonly metrics: Metrics<'ReadsThrottled' | 'RowsUnreadable', 'ReadsUsedOfDay'>;
}

/** Ten permits are 52 ms longer than a second. The other half is for the way to AWS. */
const maxLateMs = 25;

export function readLimiter(deps: ReadLimiterDeps): Quota {
  const { metrics } = deps;
  const purpose = readPurposes[deps.purpose];
  const { shareOfDay = purpose.shareOfDay } = deps;
  return callLimiter({
    ...deps,
    calls: 'reads',
    purpose: { ...purpose, shareOfDay },
    maxLateMs,
    countThrottle: () => metrics.count('ReadsThrottled'),
    reportUsedOfDay: (reads) => metrics.level('ReadsUsedOfDay', reads),
  });
}
