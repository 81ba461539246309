import { addMs, epochMsOf, type Instant, instantOf } from '../core/instant.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeliveryStore } from '../ports/delivery-store.ts';
import type { DeliveryDoorbell, FanOutDoorbell } from '../ports/doorbell.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { RecordStore } from '../ports/record-store.ts';
import type { SweepLevel, SweepMetric } from './contract.ts';

export interface SweepDeps {
  readonly records: Pick<RecordStore, 'dueForFanOut'>;
  readonly deliveries: Pick<DeliveryStore, 'due'>;
  readonly fanOutDoorbell: FanOutDoorbell;
  readonly deliveryDoorbell: DeliveryDoorbell;
  readonly clock: Clock;
  /** Factor on delays, see TIME_SCALE. */
  readonly timeScale: number;
  readonly log: Log;
  readonly metrics: Metrics<SweepMetric, SweepLevel>;
}

/** The oldest so many of each kind: more than a minute's work, so the next sweep goes on where this one ended. */
const mostRings = 2_000;

/**
 * A delivery that is due has been rung for; only when nobody came for so long is the ring taken for lost, milliseconds. Rings
 * for what is not lost would only make the others wait longer: what a busy machine needs is not scaled away.
 */
function patienceMs(timeScale: number): number {
  return Math.max(30_000 * timeScale, 3_000);
}

/**
 * Rings again for every row that is due and that nobody is working on: whatever a queue, a stream or a worker lost.
 * @throws ServiceError `store.unavailable`, `queue.unavailable` (later): the next sweep tries again.
 */
export async function sweep({
  records,
  deliveries,
  fanOutDoorbell,
  deliveryDoorbell,
  clock,
  timeScale,
  log,
  metrics,
}: SweepDeps): Promise<void> {
  const now = instantOf(clock.nowMs());
  const [versions, due] = await Promise.all([
    records.dueForFanOut(now, mostRings),
    deliveries.due(addMs(now, -patienceMs(timeScale)), mostRings),
  ]);
  await Promise.all([
    fanOutDoorbell.ring(versions.map(({ version }) => version)),
    deliveryDoorbell.ring(due.map(({ id }) => id)),
  ]);
  metrics.count('VersionsRungAgain', versions.length);
  metrics.count('DeliveriesRungAgain', due.length);
  metrics.level('OldestVersionOverdue', secondsOverdue(versions, now));
  metrics.level('OldestDeliveryOverdue', secondsOverdue(due, now));
  log.info('sweep.finished', { versions: versions.length, deliveries: due.length });
}

/** Of the one that waits for longest. */
function secondsOverdue(due: readonly { readonly dueAt: Instant | undefined }[], now: Instant): number {
  const overdueMs = due.map(({ dueAt }) => (dueAt ? epochMsOf(now) - epochMsOf(dueAt) : 0));
  return overdueMs.reduce((most, ms) => Math.max(most, ms), 0) / 1_000;
}
