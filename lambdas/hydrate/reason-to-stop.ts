import { isFailure, ServiceError } from '../core/service-error.ts';
import type { FailedMessage } from './postpone-or-park.ts';

/**
 * After this time no further record is started, milliseconds. Those under way can then wait for two
 * permits and two slow answers before the function's timeout of a minute. A batch that times out is
 * redelivered as a whole.
 */
const maxBatchMs = 20_000;

/**
 * If Partner Central throttles, or fails for more than one record, the rest of the batch would only
 * add to the load. If the quota grants no permit, the rest would wait in vain.
 * @param elapsedMs since the batch began.
 */
export function reasonToStop(failed: readonly FailedMessage[], elapsedMs: number): ServiceError | undefined {
  const errors = [...new Set(failed.map(({ error }) => error))];
  const throttled = errors.find((error) => isFailure(error, 'partner-central.throttled', 'quota.waiting'));
  if (throttled) return throttled;
  const [first, second] = errors.filter((error) => isFailure(error, 'partner-central.unavailable'));
  if (second) return first;
  if (elapsedMs < maxBatchMs) return undefined;
  return new ServiceError('batch.interrupted', { elapsedMs });
}
