import type { FirstDoorbell } from '../core/doorbell-body.ts';
import type { DeliveryId } from '../core/ids.ts';
import type { DeliverDeps } from './deps.ts';

/** Deliveries that this invocation has settled: none of them is in its first attempt any more. */
export interface SettledDeliveries {
  readonly deliveries: DeliverDeps['deliveries'];
  readonly hasSettled: (delivery: Pick<FirstDoorbell['delivery'], 'id' | 'messageId'>) => boolean;
}

/** Remembers which deliveries are settled through the returned store. */
export function rememberSettled(deliveries: DeliverDeps['deliveries']): SettledDeliveries {
  const messageIds = new Map<DeliveryId, string>();
  return {
    deliveries: {
      ...deliveries,
      async settle(claimed, attempt, settlement) {
        const outcome = await deliveries.settle(claimed, attempt, settlement);
        if (outcome === 'settled') messageIds.set(claimed.id, claimed.messageId);
        return outcome;
      },
    },
    hasSettled: ({ id, messageId }) => messageIds.get(id) === messageId,
  };
}

/**
 * Deletes the intent of a version if no recipient is in its first attempt any more: from then on
 * each has a row of this message that is due, held or ended. Of several workers that end their
 * attempts at the same time, the last one sees the rows of all others. If a worker ends before
 * this, `fan-out` does it when `sweep` signals the intent.
 */
export async function endFirstAttempt(
  { delivery, intent, others }: FirstDoorbell,
  { records }: Pick<DeliverDeps, 'records'>,
  { deliveries, hasSettled }: SettledDeliveries,
): Promise<void> {
  const { messageId } = delivery;
  const unknown = [delivery.id, ...others].filter((id) => !hasSettled({ id, messageId }));
  const states = await Promise.all(unknown.map((id) => deliveries.state(id)));
  const isOver = states.every((state) => state?.messageId === messageId && state.isFirstAttempt !== true);
  if (isOver) await records.removeIntent(intent);
}
