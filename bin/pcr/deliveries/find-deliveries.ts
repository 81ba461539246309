import type { DeliveryEntry, DeliveryStatus } from '../../../lambdas/core/delivery.ts';
import { deliveryIdOf, type EndpointId, messageIdOf } from '../../../lambdas/core/ids.ts';
import type { Instant } from '../../../lambdas/core/instant.ts';
import type { RecordKey } from '../../../lambdas/core/record.ts';
import { fewAtOnce } from '../few-at-once.ts';
import type { Relay } from '../relay.ts';

/** Which deliveries are meant. What is left out narrows nothing. */
export interface DeliverySelection {
  readonly endpointId?: EndpointId | undefined;
  readonly record?: RecordKey | undefined;
  readonly since?: Instant | undefined;
  readonly until?: Instant | undefined;
  readonly statuses?: readonly DeliveryStatus[] | undefined;
}

type Stores = Pick<Relay, 'endpoints' | 'deliveries' | 'records'>;

/** Newest first. Of an endpoint that was removed, where it is named. */
export async function* findDeliveries(
  selection: DeliverySelection,
  stores: Stores,
): AsyncIterable<DeliveryEntry> {
  const endpointIds = selection.endpointId ? [selection.endpointId] : await everyEndpoint(stores);
  if (selection.record) {
    yield* (await ofRecord(selection.record, endpointIds, stores))
      .filter((entry) => isMeant(entry, selection))
      .toSorted(newestFirst);
    return;
  }
  const { since, until, statuses } = selection;
  yield* merged(
    endpointIds.map((endpointId) => stores.deliveries.list({ endpointId, since, until, statuses })),
  );
}

async function everyEndpoint({ endpoints }: Stores): Promise<readonly EndpointId[]> {
  return (await endpoints.all()).endpoints.map(({ id }) => id);
}

/** Ids are derived, so that the deliveries of a record can be looked up one by one: no list of everything is read for them. */
async function ofRecord(
  record: RecordKey,
  endpointIds: readonly EndpointId[],
  { records, deliveries }: Stores,
): Promise<readonly DeliveryEntry[]> {
  // A sample, which is no stored record, has a single version.
  const versions = (await records.current(record))?.version ?? 1;
  const ids = Array.from({ length: versions }, (_, index) =>
    messageIdOf({ ...record, version: index + 1 }),
  ).flatMap((messageId) => endpointIds.map((endpointId) => deliveryIdOf(messageId, endpointId)));
  const found = await fewAtOnce(ids, (id) => deliveries.find(id));
  return found.flatMap((entry) => entry ?? []);
}

function isMeant(entry: DeliveryEntry, { since, until, statuses }: DeliverySelection): boolean {
  if (since !== undefined && entry.createdAt < since) return false;
  if (until !== undefined && entry.createdAt > until) return false;
  return statuses === undefined || statuses.includes(entry.status);
}

function newestFirst(a: DeliveryEntry, b: DeliveryEntry): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1;
  return b.version.version - a.version.version;
}

/** Lists of which each is newest first, as one: of no list is more read than was asked for. */
async function* merged(lists: readonly AsyncIterable<DeliveryEntry>[]): AsyncIterable<DeliveryEntry> {
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
