import type { Quota } from '../../lambdas/ports/quota.ts';

export interface UnlimitedQuota extends Quota {
  /** The calls, in order. */
  readonly calls: readonly ('acquirePermit' | 'reportThrottle')[];
}

/** Grants every permit at once. */
export function unlimitedQuota(): UnlimitedQuota {
  const calls: ('acquirePermit' | 'reportThrottle')[] = [];
  const record = (call: 'acquirePermit' | 'reportThrottle') => async () => {
    calls.push(call);
  };
  return { calls, acquirePermit: record('acquirePermit'), reportThrottle: record('reportThrottle') };
}
