import { testCatalog } from '../core/catalogs.ts';
import { correlationIdOfDelivery } from '../core/correlation.ts';
import type { Endpoint } from '../core/endpoint.ts';
import { deliveryIdOf, numberedMessageIdOf } from '../core/ids.ts';
import { instantOf } from '../core/instant.ts';
import { recordPath, type VersionRef } from '../core/record.ts';
import { ifReadable } from '../core/unreadable.ts';
import type { ClaimedDelivery } from '../ports/delivery-store.ts';
import type { DeliverDeps } from './deps.ts';
import type { Predecessor } from './next-step.ts';

type PredecessorDeps = Pick<DeliverDeps, 'deliveries' | 'records' | 'doorbell' | 'clock' | 'log' | 'metrics'>;

/** Reads the predecessor of a delivery if the endpoint asks for order per record. */
export async function readPredecessor(
  { version, previousMessageId, endpointId }: ClaimedDelivery,
  { ordering }: Endpoint,
  { deliveries, records }: PredecessorDeps,
): Promise<Predecessor | undefined> {
  if (ordering !== 'per-record' || version.version === 1 || version.catalog === testCatalog) return undefined;
  const previous = previousVersion(version);
  // Rows of earlier releases do not name it.
  const id = deliveryIdOf(previousMessageId ?? numberedMessageIdOf(previous), endpointId);
  const state = await deliveries.state(id);
  if (state) return { id, state };
  if (await records.awaitsFanOut(previous)) return { id, state: 'not-fanned-out' };
  // Fan-out adds all deliveries before it takes the version out of the outbox: read once more.
  const added = await deliveries.state(id);
  return added && { id, state: added };
}

export function previousVersion(ref: VersionRef): VersionRef {
  return { ...ref, version: ref.version - 1 };
}

/** Reports, with the first attempt only, that the previous version was never delivered. */
export function reportGap(
  claimed: ClaimedDelivery,
  predecessor: Predecessor | undefined,
  { log, metrics }: PredecessorDeps,
): void {
  if (!predecessor || predecessor.state === 'not-fanned-out' || claimed.attemptNumber > 1) return;
  const { status } = predecessor.state;
  if (status !== 'exhausted' && status !== 'cancelled' && status !== 'unreadable') return;
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

/** Makes the delivery of the next version due if it waits for this one, which has ended. */
export async function wakeSuccessor(
  { version, endpointId }: ClaimedDelivery,
  deps: PredecessorDeps,
): Promise<void> {
  // If the next version is unreadable, its delivery waits for its own due time.
  const next = await ifReadable(() => deps.records.messageIds({ ...version, version: version.version + 1 }));
  if (next) await wake({ id: deliveryIdOf(next.messageId, endpointId), endpointId }, deps);
}

/** Makes a delivery due if it waits for its predecessor. */
export async function wake(
  { id, endpointId }: Pick<ClaimedDelivery, 'id' | 'endpointId'>,
  { deliveries, doorbell, clock }: PredecessorDeps,
): Promise<void> {
  const outcome = await deliveries.wake(id, instantOf(clock.nowMs()));
  if (outcome === 'unchanged') return;
  const state = await deliveries.state(id);
  await doorbell.ring([id], 0, { endpointId, wanted: state?.wanted });
}
