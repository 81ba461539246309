import type { DeliveryId } from '../core/ids.ts';
import { instantOf } from '../core/instant.ts';
import type { ClaimedDelivery } from '../ports/delivery-store.ts';
import type { DeliverDeps } from './deps.ts';
import { canSendTo } from './next-step.ts';

/**
 * Releases a delivery whose worker held it while its endpoint was enabled, and crashed before its
 * release: the doorbell message comes again, and finds nothing to claim.
 */
export async function releaseIfHeld(id: DeliveryId, deps: DeliverDeps): Promise<undefined> {
  const state = await deps.deliveries.state(id);
  if (state?.status === 'held') await releaseIfOpen({ ...state, id }, deps);
}

/**
 * Releases a held delivery whose endpoint was enabled in the meantime: the others may have been
 * released before this one was held.
 */
export async function releaseIfOpen(
  {
    id,
    endpointId,
    correlationId,
    wanted,
  }: Pick<ClaimedDelivery, 'id' | 'endpointId' | 'correlationId' | 'wanted'>,
  { readEndpoint, deliveries, doorbell, clock }: DeliverDeps,
): Promise<void> {
  const endpoint = await readEndpoint(endpointId);
  if (!endpoint || !canSendTo(endpoint)) return;
  const outcome = await deliveries.release(id, instantOf(clock.nowMs()));
  if (outcome === 'released') await doorbell.ring([id], 0, { endpointId, correlationId, wanted });
}
