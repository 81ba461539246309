import type { FirstDoorbell } from '../core/doorbell-body.ts';
import type { DeliverDeps } from './deps.ts';

/**
 * Deletes the intent of a version if no recipient is in its first attempt any more: from then on
 * each has a row of this message that is due, held or ended. Of several workers that end their
 * attempts at the same time, the last one sees the rows of all others. If a worker ends before
 * this, `fan-out` does it when `sweep` signals the intent.
 */
export async function endFirstAttempt(
  { delivery, intent, others }: FirstDoorbell,
  { deliveries, records }: Pick<DeliverDeps, 'deliveries' | 'records'>,
): Promise<void> {
  const states = await Promise.all([delivery.id, ...others].map((id) => deliveries.state(id)));
  const isOver = states.every(
    (state) => state?.messageId === delivery.messageId && state.isFirstAttempt !== true,
  );
  if (isOver) await records.removeIntent(intent);
}
