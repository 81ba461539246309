import { type Endpoint, isInterested } from '../core/endpoint.ts';
import { deliveryIdOf, messageIdOf } from '../core/ids.ts';
import { type Instant, instantOf } from '../core/instant.ts';
import { parseRecordPath, recordPath, type VersionRef } from '../core/record.ts';
import { laterAfter, ServiceError } from '../core/service-error.ts';
import { parseVersionSortKey } from '../core/tables.ts';
import { isWanted } from '../core/wanted.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeliveryStore } from '../ports/delivery-store.ts';
import type { DeliveryDoorbell } from '../ports/doorbell.ts';
import type { EndpointStore } from '../ports/endpoint-store.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { AnnouncedVersion, RecordStore } from '../ports/record-store.ts';
import type { FanOutMetric } from './contract.ts';

export interface FanOutDeps {
  /** As they stand when the batch asks first. */
  readonly endpoints: EndpointStore['all'];
  readonly records: Pick<
    RecordStore,
    'announced' | 'version' | 'redactBefore' | 'markFannedOut' | 'postponeFanOut'
  >;
  readonly deliveries: Pick<DeliveryStore, 'add'>;
  readonly doorbell: DeliveryDoorbell;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics<FanOutMetric>;
}

/** How long a version waits for an endpoint's item to be mended. */
const mendingMs = 10 * 60_000;

/**
 * Makes one delivery of a version for every interested endpoint, rings, redacts the versions before it where it is redacted
 * itself, and takes it out of the outbox.
 * In that order and with derived ids: a crash anywhere leaves the version in the outbox, and doing it all again adds nothing.
 * @throws ServiceError `store.unavailable`, `queue.unavailable`, `endpoint.unreadable` (later).
 */
export async function fanOut(version: VersionRef, deps: FanOutDeps): Promise<void> {
  const { endpoints, records, deliveries, doorbell, clock, log, metrics } = deps;
  const announced = await records.announced(version);
  // Nobody stored it, or somebody deleted it: there is nothing to send.
  if (!announced) return;
  const { correlationId } = announced;
  const messageId = messageIdOf(version);
  const now = instantOf(clock.nowMs());
  const { endpoints: readable, unreadable } = await endpoints();
  const choices = await choicesOf(version, announced, readable, now, deps);
  const added = await Promise.all(
    choices.map(async ({ endpoint: { id: endpointId, destination }, wanted }) => {
      const id = deliveryIdOf(messageId, endpointId);
      const delivery = { id, messageId, endpointId, version, correlationId, wanted };
      const status = destination.kind === 'listener' ? 'held' : 'pending';
      const isNew = (await deliveries.add(delivery, now, status)) === 'added';
      return { ...delivery, isNew, isRung: status === 'pending' };
    }),
  );
  // Also for those that were there already: whoever added them may have died before ringing.
  const rung = added.filter(({ isRung }) => isRung);
  await Promise.all(
    rung.map(({ id, endpointId, wanted }) => doorbell.ring([id], 0, { endpointId, correlationId, wanted })),
  );
  // The row in the outbox is what is left to do of this too. A message of theirs that is still to be delivered goes out
  // redacted then, under its own webhook-id: what was taken away is not sent any more.
  if (announced.redacted) metrics.count('VersionsRedacted', await records.redactBefore(version));
  if (unreadable.length > 0) {
    // It may be interested too, so the version stays in the outbox until somebody mends it, behind those that are not stuck.
    await records.postponeFanOut(version, instantOf(clock.nowMs() + mendingMs));
    throw new ServiceError(
      'endpoint.unreadable',
      { endpointIds: unreadable },
      { retry: laterAfter(mendingMs) },
    );
  }
  await records.markFannedOut(version);
  metrics.count('VersionsFannedOut');
  metrics.count('DeliveriesAdded', added.filter(({ isNew }) => isNew).length);
  log.info('version.fanned-out', {
    correlationId,
    record: recordPath(version),
    version: version.version,
    messageId,
    endpoints: choices.filter(({ wanted }) => wanted).length,
  });
}

interface Choice {
  readonly endpoint: Endpoint;
  readonly wanted: boolean;
}

/** Who gets a row: whoever wants the version, and whoever wants order, as the next version will look for this one's row. */
async function choicesOf(
  ref: VersionRef,
  announced: AnnouncedVersion,
  endpoints: readonly Endpoint[],
  now: Instant,
  { records }: FanOutDeps,
): Promise<readonly Choice[]> {
  const interested = new Set(endpoints.filter((endpoint) => isInterested(endpoint, announced)));
  const asksForContent = [...interested].some(({ filter }) => filter !== undefined);
  const version = asksForContent ? await records.version(ref) : undefined;
  return endpoints
    .filter(({ destination }) => destination.kind !== 'listener' || destination.expiresAt > now)
    .map((endpoint) => ({
      endpoint,
      wanted:
        interested.has(endpoint) &&
        (endpoint.filter === undefined || (version !== undefined && isWanted(endpoint, version))),
    }))
    .filter(({ endpoint, wanted }) => wanted || endpoint.ordering === 'per-record');
}

/** Fans out the version whose item was inserted. The stream is filtered to such items. */
export async function fanOutVersionItem(
  keys: { readonly pk: string; readonly sk: string },
  deps: FanOutDeps,
): Promise<void> {
  const key = parseRecordPath(keys.pk);
  const version = parseVersionSortKey(keys.sk);
  if (key && version !== undefined) await fanOut({ ...key, version }, deps);
}
