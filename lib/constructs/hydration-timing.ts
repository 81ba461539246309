import { Duration } from 'aws-cdk-lib';
import { eventResolutionSeconds } from '../../lambdas/hydrate/contract.ts';
import type { RelayConfig } from '../config.ts';

export interface HydrationTiming {
  /** Delay of the queues. */
  readonly deliveryDelay: Duration;
  /** Events of one change arrive within 2 seconds. One batch reads their record once. */
  readonly batchingWindow: Duration;
  /** See `RelayConfig`. 0 without a settling time: no event waits long enough for an early read. */
  readonly earlyReadPercent: number;
}

/**
 * Without early reads, the queues delay every event until its read is ripe. With them, the
 * function receives an event soon, and sends it again with the rest of that delay.
 */
export function hydrationTiming({ settleSeconds, earlyReadPercent }: RelayConfig): HydrationTiming {
  if (settleSeconds > 0 && earlyReadPercent > 0)
    return { deliveryDelay: Duration.seconds(0), batchingWindow: Duration.seconds(1), earlyReadPercent };
  return {
    // EventBridge cuts the time of an event to the second. After one second more than
    // `settleSeconds`, a single read returns the changes of every event of that second.
    deliveryDelay: Duration.seconds(settleSeconds + eventResolutionSeconds),
    batchingWindow: Duration.seconds(2),
    earlyReadPercent: 0,
  };
}
