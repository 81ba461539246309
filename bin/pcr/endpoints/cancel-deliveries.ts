import type { DeliveryStatus, ListedDelivery } from '../../../lambdas/core/delivery.ts';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import type { Io } from '../io.ts';
import { counted } from '../output.ts';
import type { Relay } from '../relay.ts';

/** Deliveries to an endpoint in one of these statuses, newest first. */
export async function deliveriesWithStatus(
  endpointId: EndpointId,
  statuses: readonly DeliveryStatus[],
  { deliveries }: Pick<Relay, 'deliveries'>,
): Promise<readonly ListedDelivery[]> {
  const found: ListedDelivery[] = [];
  for await (const delivery of deliveries.rows({ endpointId, statuses })) found.push(delivery);
  return found;
}

export function unfinishedDeliveries(
  endpointId: EndpointId,
  relay: Pick<Relay, 'deliveries'>,
): Promise<readonly ListedDelivery[]> {
  return deliveriesWithStatus(endpointId, ['pending', 'held'], relay);
}

/**
 * Cancels the unfinished deliveries of an endpoint that is being removed, and prints their ids.
 * @returns the ids
 */
export async function cancelUnfinished(
  endpointId: EndpointId,
  relay: Relay,
  io: Io,
): Promise<readonly string[]> {
  const unfinished = await unfinishedDeliveries(endpointId, relay);
  if (unfinished.length === 0) return [];
  const progress = io.progress(`Cancelling what waits for ${endpointId}`, unfinished.length);
  const cancelled: string[] = [];
  for (const { id } of unfinished) {
    if ((await relay.deliveries.cancel(id, `${endpointId} was removed`)) === 'cancelled') cancelled.push(id);
    progress.advance();
  }
  progress.end();
  if (cancelled.length > 0)
    io.print(
      [`Cancelled ${counted(cancelled.length, 'delivery', 'deliveries')}:`, ...cancelled].join('\n  '),
    );
  return cancelled;
}
