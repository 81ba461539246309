import pMap from 'p-map';
import type { DeliveryStatus, ListedDelivery } from '../../../lambdas/core/delivery.ts';
import {
  type DeliveryId,
  deliveryIdOf,
  type EndpointId,
  isEndpointId,
  type MessageId,
} from '../../../lambdas/core/ids.ts';
import type { Instant } from '../../../lambdas/core/instant.ts';
import type { RecordKey } from '../../../lambdas/core/record.ts';
import { sampleVersion } from '../../../lambdas/core/sample-version.ts';
import { ifReadable } from '../../../lambdas/core/unreadable.ts';
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
): AsyncIterable<ListedDelivery> {
  const endpointIds = selection.endpointId ? [selection.endpointId] : await allEndpointIds(stores);
  if (selection.record) {
    yield* (await deliveriesOf(selection.record, endpointIds, stores))
      .filter((entry) => isSelected(entry, selection))
      .toSorted(newestFirst);
    return;
  }
  const { since, until, statuses } = selection;
  yield* merge(
    endpointIds.map((endpointId) => stores.deliveries.rows({ endpointId, since, until, statuses })),
  );
}

/** @throws UsageError that names every missing delivery: nothing is done with the others then */
export async function findDeliveriesById(
  ids: readonly DeliveryId[],
  { deliveries }: Pick<Relay, 'deliveries'>,
): Promise<readonly ListedDelivery[]> {
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

/** The ids of all endpoints, also of those that are unreadable. */
export async function allEndpointIds({
  endpoints,
}: Pick<Stores, 'endpoints'>): Promise<readonly EndpointId[]> {
  const all = await endpoints.all();
  return [...all.endpoints.map(({ id }) => id), ...all.unreadable.filter(isEndpointId)];
}

async function deliveriesOf(
  record: RecordKey,
  endpointIds: readonly EndpointId[],
  { records, deliveries }: Pick<Stores, 'records' | 'deliveries'>,
): Promise<readonly ListedDelivery[]> {
  return await deliveriesOfMessages(await messageIdsOf(record, records), endpointIds, { deliveries });
}

/** Looks up the deliveries of messages by their ids, which are derived: no list has to be read. */
export async function deliveriesOfMessages(
  messageIds: readonly MessageId[],
  endpointIds: readonly EndpointId[],
  { deliveries }: Pick<Stores, 'deliveries'>,
): Promise<readonly ListedDelivery[]> {
  const ids = messageIds.flatMap((messageId) =>
    endpointIds.map((endpointId) => deliveryIdOf(messageId, endpointId)),
  );
  const found = await pMap(ids, (id) => deliveries.find(id), { concurrency });
  return found.flatMap((entry) => entry ?? []);
}

async function messageIdsOf(record: RecordKey, records: Stores['records']): Promise<readonly MessageId[]> {
  // A sample is not a stored record and has one version.
  const sample = sampleVersion(record);
  if (sample) return [sample.messageId];
  const read = await ifReadable(async () => ({ version: (await records.current(record))?.version ?? 0 }));
  if (!read) return messageIdsUntilGap(record, records);
  return (await messageIdsIn(record, 1, read.version, records)).flatMap((ids) => ids ?? []);
}

/** Finds the versions of a record whose current item is unreadable: their numbers have no gap. */
async function messageIdsUntilGap(
  record: RecordKey,
  records: Stores['records'],
): Promise<readonly MessageId[]> {
  const found: MessageId[] = [];
  for (let from = 1; ; from += concurrency) {
    const some = await messageIdsIn(record, from, from + concurrency - 1, records);
    found.push(...some.flatMap((ids) => ids ?? []));
    if (some.includes(undefined)) return found;
  }
}

/**
 * Returns a list for each version: its message id, or nothing if the version is unreadable.
 * Undefined if there is no such version.
 */
async function messageIdsIn(
  record: RecordKey,
  from: number,
  to: number,
  records: Stores['records'],
): Promise<readonly (readonly MessageId[] | undefined)[]> {
  const refs = Array.from({ length: to - from + 1 }, (_, index) => ({ ...record, version: from + index }));
  return pMap(
    refs,
    async (ref) => {
      const read = await ifReadable(async () => ({ ids: await records.messageIds(ref) }));
      return read ? read.ids && [read.ids.messageId] : [];
    },
    { concurrency },
  );
}

function isSelected(entry: ListedDelivery, { since, until, statuses }: DeliverySelection): boolean {
  if (since !== undefined && entry.createdAt < since) return false;
  if (until !== undefined && entry.createdAt > until) return false;
  return statuses === undefined || statuses.includes(statusOf(entry));
}

function newestFirst(a: ListedDelivery, b: ListedDelivery): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1;
  return numberOf(b) - numberOf(a);
}

function numberOf(entry: ListedDelivery): number {
  return 'unreadable' in entry ? 0 : entry.version.version;
}

export function statusOf(entry: ListedDelivery): DeliveryStatus {
  return 'unreadable' in entry ? 'unreadable' : entry.status;
}

/** Merges lists that are each sorted newest first. Reads each list only as far as needed. */
async function* merge(lists: readonly AsyncIterable<ListedDelivery>[]): AsyncIterable<ListedDelivery> {
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
