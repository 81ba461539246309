import { type Endpoint, isInterested } from '../core/endpoint.ts';
import type { Instant } from '../core/instant.ts';
import type { VersionRef } from '../core/record.ts';
import { isWanted } from '../core/wanted.ts';
import type { AnnouncedVersion, RecordStore } from '../ports/record-store.ts';

export interface Recipient {
  readonly endpoint: Endpoint;
  /** See `Delivery`. */
  readonly wanted: boolean;
}

/**
 * Chooses the endpoints that get a delivery: those that want the version, and those that ask for
 * order, because the next version looks for the delivery of this one.
 */
export async function chooseRecipients(
  ref: VersionRef,
  announced: AnnouncedVersion,
  endpoints: readonly Endpoint[],
  now: Instant,
  { records }: { readonly records: Pick<RecordStore, 'version'> },
): Promise<readonly Recipient[]> {
  const interested = new Set(endpoints.filter((endpoint) => isInterested(endpoint, announced)));
  // Only filters need the content.
  const hasFilter = [...interested].some(({ filter }) => filter !== undefined);
  const version = hasFilter ? await records.version(ref) : undefined;
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
