import pMap from 'p-map';
import type { DeliveryStatus, ListedDelivery } from '../../../lambdas/core/delivery.ts';
import { sha256 } from '../../../lambdas/core/digest.ts';
import type { DeliveryId } from '../../../lambdas/core/ids.ts';
import type { Instant } from '../../../lambdas/core/instant.ts';
import { concurrency } from '../first-of.ts';
import type { Relay } from '../relay.ts';

export interface RetryDeliveriesDeps extends Pick<Relay, 'deliveries' | 'doorbell'> {
  readonly endpoints: Pick<Relay['endpoints'], 'all'>;
}

export interface RetryResult {
  readonly id: DeliveryId;
  readonly outcome: 'retried' | 'unchanged';
  /** Why the delivery is unchanged. */
  readonly because?: string | undefined;
}

const reasons: Readonly<Record<DeliveryStatus, string | undefined>> = {
  delivered: undefined,
  exhausted: undefined,
  cancelled: undefined,
  pending: 'it is already pending',
  held: 'it waits until its endpoint is enabled: `pcr endpoints enable`',
  unreadable: undefined,
  skipped: 'the endpoint did not want this message: `pcr replay` sends what it wants now',
};

/** One id for each use of the command, derived so that it does not have to be stored. */
export function retryIdOf(entries: readonly { readonly id: DeliveryId }[], now: Instant): string {
  return `rtr_${sha256([now, ...entries.map(({ id }) => id)].join('\n')).slice(0, 32)}`;
}

/**
 * Sends finished deliveries again: each is due now, with a new schedule and the same `webhook-id`.
 * @param retryId differs for each use of the command, so that a delivery named twice is sent once
 */
export async function retryDeliveries(
  entries: readonly ListedDelivery[],
  retryId: string,
  now: Instant,
  { deliveries, doorbell, endpoints }: RetryDeliveriesDeps,
): Promise<readonly RetryResult[]> {
  const existing = await endpoints.all();
  const ids = new Set<string>([...existing.endpoints.map(({ id }) => id), ...existing.unreadable]);
  const retryOne = async (entry: ListedDelivery): Promise<RetryResult> => {
    if ('unreadable' in entry)
      return { id: entry.id, outcome: 'unchanged', because: entry.unreadable.join('; ') };
    const removed = ids.has(entry.endpointId) ? undefined : `its endpoint ${entry.endpointId} was removed`;
    const because =
      reasons[entry.status] ?? removed ?? (entry.wanted === false ? reasons.skipped : undefined);
    if (because !== undefined) return { id: entry.id, outcome: 'unchanged', because };
    const { id, messageId, endpointId, version } = entry;
    const delivery = { id, messageId, endpointId, version, wanted: true };
    const moved = await deliveries.replay(delivery, now, retryId);
    return moved === 'moved'
      ? { id, outcome: 'retried' }
      : { id, outcome: 'unchanged', because: reasons.pending };
  };
  const results = await pMap(entries, retryOne, { concurrency });
  const retried = results.flatMap(({ id, outcome }) => (outcome === 'retried' ? [id] : []));
  if (retried.length > 0) await doorbell.ring(retried);
  return results;
}
