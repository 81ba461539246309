import type { ReadQuota } from '../../lambdas/ports/read-quota.ts';

export interface UnlimitedQuota extends ReadQuota {
  /** What was asked of it, in this order. */
  readonly calls: readonly ('acquirePermit' | 'reportThrottle')[];
}

/** It is always the caller's turn. */
export function unlimitedQuota(): UnlimitedQuota {
  const calls: ('acquirePermit' | 'reportThrottle')[] = [];
  const noting = (call: 'acquirePermit' | 'reportThrottle') => async () => {
    calls.push(call);
  };
  return { calls, acquirePermit: noting('acquirePermit'), reportThrottle: noting('reportThrottle') };
}
