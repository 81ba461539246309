import type { DeliveryEntry, DeliveryStatus } from '../../../lambdas/core/delivery.ts';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import type { Io } from '../io.ts';
import { counted } from '../output.ts';
import type { Relay } from '../relay.ts';

/** Deliveries to an endpoint that stand like that, newest first. */
export async function deliveriesWithStatus(
  { deliveries }: Pick<Relay, 'deliveries'>,
  endpointId: EndpointId,
  statuses: readonly DeliveryStatus[],
): Promise<readonly DeliveryEntry[]> {
  const found: DeliveryEntry[] = [];
  for await (const delivery of deliveries.list({ endpointId, statuses })) found.push(delivery);
  return found;
}

/** Deliveries to an endpoint that have not ended. */
export function unfinishedDeliveries(
  relay: Pick<Relay, 'deliveries'>,
  id: EndpointId,
): Promise<readonly DeliveryEntry[]> {
  return deliveriesWithStatus(relay, id, ['pending', 'held']);
}

/** Ends what is pending or held at an endpoint that is removed, and names each. */
export async function cancelUnfinished(io: Io, relay: Relay, endpointId: EndpointId): Promise<void> {
  const found = await unfinishedDeliveries(relay, endpointId);
  if (found.length === 0) return;
  const progress = io.progress(`Cancelling what waits for ${endpointId}`, found.length);
  const cancelled: string[] = [];
  for (const { id } of found) {
    if ((await relay.deliveries.cancel(id, `${endpointId} was removed`)) === 'cancelled') cancelled.push(id);
    progress.advance();
  }
  progress.end();
  if (cancelled.length > 0)
    io.print(
      [`Cancelled ${counted(cancelled.length, 'delivery', 'deliveries')}:`, ...cancelled].join('\n  '),
    );
}
