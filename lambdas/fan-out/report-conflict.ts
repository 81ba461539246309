import type { DeliveryId } from '../core/ids.ts';
import { instantOf } from '../core/instant.ts';
import type { IntentRef } from '../core/intent.ts';
import { recordPath, type VersionRef } from '../core/record.ts';
import { laterAfter, ServiceError } from '../core/service-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { AnnouncedVersion, RecordStore } from '../ports/record-store.ts';
import type { FanOutMetric } from './contract.ts';
import { postponeFanOut, repairWaitMs } from './leave-outbox.ts';

interface ReportConflictDeps {
  readonly records: Pick<RecordStore, 'postponeFanOut'>;
  readonly clock: Clock;
  /** See `FinishDeps`. */
  readonly outboxGraceMs: number;
  readonly log: Log;
  readonly metrics: Metrics<FanOutMetric>;
}

/**
 * A row with the id of a new delivery is of another message: the version would never be sent. It
 * stays in the outbox until the row is removed.
 * @throws ServiceError `delivery.conflict` (later), always.
 */
export async function reportConflict(
  ref: VersionRef | IntentRef,
  announced: AnnouncedVersion,
  deliveryIds: readonly DeliveryId[],
  deps: ReportConflictDeps,
): Promise<never> {
  const { records, clock, log, metrics } = deps;
  const { version } = ref;
  const { correlationId, messageId } = announced;
  metrics.count('RowsUnreadable', deliveryIds.length);
  log.error('delivery.mismatched', {
    correlationId,
    messageId,
    deliveryIds,
    record: recordPath(ref),
    version,
  });
  const retryMs = repairWaitMs(deps);
  const dueAt = instantOf(clock.nowMs() + retryMs);
  await postponeFanOut(ref, announced, dueAt, records);
  const retry = laterAfter(retryMs);
  throw new ServiceError('delivery.conflict', { deliveryIds }, { retry });
}
