import { correlationIdOfDelivery } from '../core/correlation.ts';
import { unlessWanted } from '../core/doorbell-body.ts';
import type { Endpoint } from '../core/endpoint.ts';
import { deliveryIdOf, messageIdOf } from '../core/ids.ts';
import { addMs, type Instant, instantOf } from '../core/instant.ts';
import { recordPath, type VersionRef } from '../core/record.ts';
import { testCatalog } from '../core/sample-version.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClaimedDelivery, DeliveryState, DeliveryStore, Settlement } from '../ports/delivery-store.ts';
import type { DeliveryDoorbell, FanOutDoorbell } from '../ports/doorbell.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { RecordStore } from '../ports/record-store.ts';
import type { DeliverLevel, DeliverMetric } from './contract.ts';

export interface Turns {
  readonly deliveries: Pick<DeliveryStore, 'state' | 'settle' | 'wake'>;
  readonly records: Pick<RecordStore, 'awaitsFanOut'>;
  readonly doorbell: DeliveryDoorbell;
  readonly fanOutDoorbell: FanOutDoorbell;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics<DeliverMetric, DeliverLevel>;
}

/** How a delivery that is not next is given back. */
export type Waiting = Extract<Settlement, { status: 'pending' }>;

/** After the delivery before is due: it is attempted first, or says by then that it waits again. */
const behindMs = 1_000;

/** Until a version has been fanned out that is just being fanned out. */
const fanningOutMs = 3_000;

/** Whether a delivery is next at its endpoint. Where it is not, the delivery of the version before has not ended. */
export async function turnOf(
  claimed: ClaimedDelivery,
  { ordering }: Endpoint,
  deps: Turns,
): Promise<'next' | Waiting> {
  const { version: ref, endpointId } = claimed;
  if (ordering !== 'per-record' || ref.version === 1 || ref.catalog === testCatalog) return 'next';
  const before: VersionRef = { ...ref, version: ref.version - 1 };
  const waitsFor = deliveryIdOf(messageIdOf(before), endpointId);
  const now = () => instantOf(deps.clock.nowMs());
  let standing = await deps.deliveries.state(waitsFor);
  if (!standing) {
    if (await deps.records.awaitsFanOut(before)) {
      const dueAt = addMs(now(), fanningOutMs);
      await deps.fanOutDoorbell.ring([before]);
      const { correlationId, wanted } = claimed;
      const details = { endpointId, correlationId, ...unlessWanted(wanted) };
      await deps.doorbell.ring([claimed.id], fanningOutMs, details);
      return { status: 'pending', dueAt, waitsFor };
    }
    // It left the outbox after its deliveries were added: those are all there now, if there are any.
    standing = await deps.deliveries.state(waitsFor);
  }
  if (!standing) return 'next';
  if (!hasEnded(standing)) return { status: 'pending', dueAt: dueBehind(standing, now()), waitsFor };
  tellGap(claimed, standing, deps);
  return 'next';
}

/** A held one is due when its endpoint is enabled: then it wakes who waits. */
function dueBehind({ dueAt }: DeliveryState, now: Instant): Instant {
  return addMs(dueAt !== undefined && dueAt > now ? dueAt : now, behindMs);
}

function hasEnded({ status }: DeliveryState): boolean {
  return status !== 'pending' && status !== 'held';
}

function tellGap(claimed: ClaimedDelivery, { status }: DeliveryState, { log, metrics }: Turns): void {
  const isGap = status === 'exhausted' || status === 'cancelled';
  // Told once, not with every attempt.
  if (!isGap || !claimed.wanted || claimed.attemptNumber > 1) return;
  const { id: deliveryId, endpointId, version } = claimed;
  metrics.count('GapsPassed');
  log.warn('delivery.gap-passed', {
    correlationId: correlationIdOfDelivery(claimed),
    deliveryId,
    endpointId,
    record: recordPath(version),
    version: version.version - 1,
    status,
  });
}

/** Gives a delivery back that is not next. The one before may have ended before this one was seen to wait for it. */
export async function waitForTurn(claimed: ClaimedDelivery, waiting: Waiting, deps: Turns): Promise<void> {
  await deps.deliveries.settle(claimed, undefined, waiting);
  deps.metrics.count('DeliveriesPostponed');
  const standing = waiting.waitsFor && (await deps.deliveries.state(waiting.waitsFor));
  if (standing && hasEnded(standing)) await wake(claimed, deps);
}

/** Makes the delivery of the version after due, if it waits for this one, which has ended. */
export function wakeNext(ended: ClaimedDelivery, deps: Turns): Promise<void> {
  const { version: ref, endpointId } = ended;
  const next = messageIdOf({ ...ref, version: ref.version + 1 });
  return wake({ id: deliveryIdOf(next, endpointId), endpointId }, deps);
}

async function wake(
  { id, endpointId }: Pick<ClaimedDelivery, 'id' | 'endpointId'>,
  { deliveries, doorbell, clock }: Turns,
): Promise<void> {
  const outcome = await deliveries.wake(id, instantOf(clock.nowMs()));
  if (outcome === 'unchanged') return;
  const standing = await deliveries.state(id);
  await doorbell.ring([id], 0, { endpointId, ...unlessWanted(standing?.wanted ?? true) });
}
