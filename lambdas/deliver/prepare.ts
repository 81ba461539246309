import { recordPath } from '../core/record.ts';
import { deliverySchedule } from '../core/retry-schedule.ts';
import { sampleVersion, testCatalog } from '../core/sample-version.ts';
import { never, ServiceError } from '../core/service-error.ts';
import type { ClaimedDelivery } from '../ports/delivery-store.ts';
import type { EndpointStore } from '../ports/endpoint-store.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { type Turns, turnOf, type Waiting } from './predecessor.ts';
import { type Prepared, prepareSending, type Sending } from './send.ts';

export interface Preparing extends Sending, Turns {
  /** May answer what was read when the batch began. */
  readonly endpoints: Pick<EndpointStore, 'find'>;
  readonly records: Pick<RecordStore, 'version' | 'awaitsFanOut'>;
}

/** What is next for a delivery: to be sent, to wait for the one before, to be held, or to be passed over. */
export type Next = Prepared | Waiting | 'hold' | 'skip';

/** The first attempt and one for each wait of the schedule. */
const mostAttempts = deliverySchedule.length + 1;

/** @throws ServiceError where there is nothing to be sent: `never` for good, `later` for now. */
export async function prepare(claimed: ClaimedDelivery, deps: Preparing): Promise<Next> {
  const { id: deliveryId, endpointId, version: ref, attemptNumber } = claimed;
  const endpoint = await deps.endpoints.find(endpointId);
  if (!endpoint) throw new ServiceError('endpoint.missing', { endpointId, deliveryId }, { retry: never });
  const { destination } = endpoint;
  if (endpoint.disabled || destination.kind === 'listener') return 'hold';
  // A worker that dies with its attempt has spent it: what kills every worker ends here.
  if (attemptNumber > mostAttempts) throw exhausted(claimed, 'interrupted');
  const turn = await turnOf(claimed, endpoint, deps);
  if (turn !== 'next') return turn;
  if (!claimed.wanted) return 'skip';
  const version = ref.catalog === testCatalog ? sampleVersion(ref) : await deps.records.version(ref);
  if (!version)
    throw new ServiceError(
      'version.missing',
      { record: recordPath(ref), version: ref.version },
      { retry: never },
    );
  return prepareSending({ ...endpoint, destination }, version, deps);
}

export function exhausted(
  { endpointId, id: deliveryId }: ClaimedDelivery,
  lastOutcome: string,
): ServiceError<'delivery.exhausted'> {
  return new ServiceError('delivery.exhausted', { endpointId, deliveryId, lastOutcome }, { retry: never });
}
