import { deliveryIdOf, isMessageId } from '../../lambdas/core/ids.ts';
import type { Subscription } from './chaos-receiver.ts';
import type { Evidence, Violation } from './evidence.ts';

/** Whether the row of a delivery was edited by hand. Then its message may never be sent. */
export function isEdited(
  messageId: string,
  endpointId: Subscription['id'],
  { editedDeliveries }: Pick<Evidence, 'editedDeliveries'>,
): boolean {
  return isMessageId(messageId) && editedDeliveries.has(deliveryIdOf(messageId, endpointId));
}

/** Promise 1: only rows that were edited by hand are set aside, and each is reported once. */
export function checkSetAside({ sending, editedDeliveries }: Evidence): Violation[] {
  const reported = Map.groupBy(
    sending.entries.filter(({ kind }) => kind === 'set-aside'),
    ({ deliveryId = '' }) => deliveryId,
  );
  return [...reported].flatMap(([id, reports]) => {
    const what = [
      ...(editedDeliveries.has(id) ? [] : [`the row of ${id} was set aside, but was not edited`]),
      ...(reports.length === 1 ? [] : [`the row of ${id} was reported ${reports.length} times`]),
    ];
    return what.map((each): Violation => ({ promise: 1, what: each }));
  });
}
