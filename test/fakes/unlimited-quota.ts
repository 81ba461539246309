import type { ReadQuota } from '../../lambdas/ports/read-quota.ts';

export interface UnlimitedQuota extends ReadQuota {
  /** What was asked of it, in this order. */
  readonly calls: readonly ('turn' | 'throttled')[];
}

/** It is always the caller's turn. */
export function unlimitedQuota(): UnlimitedQuota {
  const calls: ('turn' | 'throttled')[] = [];
  const noting = (call: 'turn' | 'throttled') => async () => {
    calls.push(call);
  };
  return { calls, turn: noting('turn'), throttled: noting('throttled') };
}
