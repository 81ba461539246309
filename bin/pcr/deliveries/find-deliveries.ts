import pMap from 'p-map';
import type { DeliveryEntry, DeliveryStatus } from '../../../lambdas/core/delivery.ts';
import { type DeliveryId, deliveryIdOf, type EndpointId, type MessageId } from '../../../lambdas/core/ids.ts';
import type { Instant } from '../../../lambdas/core/instant.ts';
import type { RecordKey } from '../../../lambdas/core/record.ts';
import { sampleVersion } from '../../../lambdas/core/sample-version.ts';
import { UsageError } from '../errors.ts';
import { concurrency } from '../first-of.ts';
import type { Relay } from '../relay.ts';

/** Criteria for deliveries. A criterion that is left out selects all. */
export interface DeliverySelection {
  readonly endpointId?: EndpointId | undefined;
  readonly record?: RecordKey | undefined;
  readonly since?: Instant | undefined;
  readonly until?: Instant | undefined;
  readonly statuses?: readonly DeliveryStatus[] | undefined;
}

type Stores = Pick<Relay, 'endpoints' | 'deliveries' | 'records'>;

/** Finds deliveries, newest first. Deliveries to a removed endpoint are found only by its id. */
export async function* findDeliveries(
  selection: DeliverySelection,
  stores: Stores,
): AsyncIterable<DeliveryEntry> {
  const endpointIds = selection.endpointId ? [selection.endpointId] : await allEndpointIds(stores);
  if (selection.record) {
    yield* (await deliveriesOf(selection.record, endpointIds, stores))
      .filter((entry) => isSelected(entry, selection))
      .toSorted(newestFirst);
    return;
  }
  const { since, until, statuses } = selection;
  yield* merge(
    endpointIds.map((endpointId) => stores.deliveries.list({ endpointId, since, until, statuses })),
  );
}

/** @throws UsageError that names every missing delivery: nothing is done with the others then */
export async function findDeliveriesById(
  ids: readonly DeliveryId[],
  { deliveries }: Pick<Relay, 'deliveries'>,
): Promise<readonly DeliveryEntry[]> {
  const find = async (id: DeliveryId) => ({ id, entry: await deliveries.find(id) });
  const found = await pMap(new Set(ids), find, { concurrency });
  const missing = found.filter(({ entry }) => !entry);
  if (missing.length > 0)
    throw new UsageError(
      ...missing.map(
        ({ id }) =>
          `The delivery ${id} does not exist. Deliveries are kept for 30 days after their last attempt.`,
      ),
    );
  return found.flatMap(({ entry }) => entry ?? []);
}

async function allEndpointIds({ endpoints }: Stores): Promise<readonly EndpointId[]> {
  return (await endpoints.all()).endpoints.map(({ id }) => id);
}

/** Looks up the deliveries of a record by their ids, which are derived: no list has to be read. */
async function deliveriesOf(
  record: RecordKey,
  endpointIds: readonly EndpointId[],
  { records, deliveries }: Stores,
): Promise<readonly DeliveryEntry[]> {
  const messageIds = await messageIdsOf(record, records);
  const ids = messageIds.flatMap((messageId) =>
    endpointIds.map((endpointId) => deliveryIdOf(messageId, endpointId)),
  );
  const found = await pMap(ids, (id) => deliveries.find(id), { concurrency });
  return found.flatMap((entry) => entry ?? []);
}

async function messageIdsOf(record: RecordKey, records: Stores['records']): Promise<readonly MessageId[]> {
  // A sample is not a stored record and has one version.
  const sample = sampleVersion({ ...record, version: 1 });
  if (sample) return [sample.messageId];
  const versions = (await records.current(record))?.version ?? 0;
  const refs = Array.from({ length: versions }, (_, index) => ({ ...record, version: index + 1 }));
  const found = await pMap(refs, (ref) => records.messageIds(ref), { concurrency });
  return found.flatMap((ids) => (ids ? [ids.messageId] : []));
}

function isSelected(entry: DeliveryEntry, { since, until, statuses }: DeliverySelection): boolean {
  if (since !== undefined && entry.createdAt < since) return false;
  if (until !== undefined && entry.createdAt > until) return false;
  return statuses === undefined || statuses.includes(entry.status);
}

function newestFirst(a: DeliveryEntry, b: DeliveryEntry): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1;
  return b.version.version - a.version.version;
}

/** Merges lists that are each sorted newest first. Reads each list only as far as needed. */
async function* merge(lists: readonly AsyncIterable<DeliveryEntry>[]): AsyncIterable<DeliveryEntry> {
  const readers = lists.map((list) => list[Symbol.asyncIterator]());
  const heads = await Promise.all(readers.map(async (reader) => ({ reader, next: await reader.next() })));
  for (;;) {
    const waiting = heads.flatMap((head) => (head.next.done ? [] : [{ head, entry: head.next.value }]));
    const [first] = waiting.toSorted((a, b) => newestFirst(a.entry, b.entry));
    if (!first) return;
    yield first.entry;
    first.head.next = await first.head.reader.next();
  }
}
