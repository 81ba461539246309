import type { DeliveryEntry, DeliveryStatus } from '../../../lambdas/core/delivery.ts';
import { sha256 } from '../../../lambdas/core/digest.ts';
import type { DeliveryId } from '../../../lambdas/core/ids.ts';
import type { Instant } from '../../../lambdas/core/instant.ts';
import { fewAtOnce } from '../few-at-once.ts';
import type { Relay } from '../relay.ts';

/** How a delivery that was to be sent again stands now. */
export interface RetryResult {
  readonly id: DeliveryId;
  readonly outcome: 'retried' | 'unchanged';
  /** Why it was left as it is. */
  readonly because?: string | undefined;
}

const reasons: Readonly<Record<DeliveryStatus, string | undefined>> = {
  delivered: undefined,
  exhausted: undefined,
  cancelled: undefined,
  pending: 'it is pending already',
  held: 'it waits until its endpoint is enabled: `pcr endpoints enable`',
  skipped: 'the endpoint does not want this message: `pcr replay` sends what it wants by now',
};

/** One for each use of the command: derived, so that nothing needs to be remembered of it. */
export function retryIdOf(entries: readonly DeliveryEntry[], now: Instant): string {
  return `rtr_${sha256([now, ...entries.map(({ id }) => id)].join('\n')).slice(0, 32)}`;
}

/**
 * Sends ended deliveries once more: each is due now, with a new schedule, under the `webhook-id` it always had.
 * @param retryId one for each use of the command, so that a delivery named twice is sent once
 */
export async function retryDeliveries(
  entries: readonly DeliveryEntry[],
  { deliveries, doorbell, endpoints }: Pick<Relay, 'deliveries' | 'doorbell' | 'endpoints'>,
  retryId: string,
  now: Instant,
): Promise<readonly RetryResult[]> {
  const there = await endpoints.all();
  const ids = new Set<string>([...there.endpoints.map(({ id }) => id), ...there.unreadable]);
  const retried = await fewAtOnce(entries, async (entry): Promise<RetryResult> => {
    const removed = ids.has(entry.endpointId) ? undefined : `its endpoint ${entry.endpointId} was removed`;
    const because = reasons[entry.status] ?? removed ?? (entry.wanted ? undefined : reasons.skipped);
    if (because !== undefined) return { id: entry.id, outcome: 'unchanged', because };
    const { id, messageId, endpointId, version } = entry;
    const delivery = { id, messageId, endpointId, version, wanted: true };
    const moved = await deliveries.replay(delivery, now, retryId);
    return moved === 'moved'
      ? { id, outcome: 'retried' }
      : { id, outcome: 'unchanged', because: reasons.pending };
  });
  const rung = retried.flatMap(({ id, outcome }) => (outcome === 'retried' ? [id] : []));
  if (rung.length > 0) await doorbell.ring(rung);
  return retried;
}
