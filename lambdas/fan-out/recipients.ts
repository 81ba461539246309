import { type Endpoint, isInterested } from '../core/endpoint.ts';
import { type EndpointId, isEndpointId } from '../core/ids.ts';
import type { Instant } from '../core/instant.ts';
import type { VersionRef } from '../core/record.ts';
import { isOmitted, isWanted, needsContent } from '../core/wanted.ts';
import type { EndpointStore } from '../ports/endpoint-store.ts';
import type { AnnouncedVersion, RecordStore } from '../ports/record-store.ts';

export interface Recipient {
  readonly endpointId: EndpointId;
  readonly status: 'pending' | 'held';
  /** See `Delivery`. */
  readonly wanted: boolean | undefined;
  /** Whether its first attempt is made before it has a row. */
  readonly isDirect: boolean;
}

/**
 * Chooses the endpoints that get a delivery: those that want the version, and those that ask for
 * order, because the next version looks for the delivery of this one. An endpoint that is
 * unreadable may want it too: its deliveries wait until its item is repaired.
 */
export async function chooseRecipients(
  ref: VersionRef,
  announced: AnnouncedVersion,
  { endpoints, unreadable }: Awaited<ReturnType<EndpointStore['all']>>,
  now: Instant,
  { records }: { readonly records: Pick<RecordStore, 'version'> },
): Promise<readonly Recipient[]> {
  const interested = new Set(endpoints.filter((endpoint) => isInterested(endpoint, announced)));
  const isRead = [...interested].some((endpoint) => needsContent(endpoint, ref));
  const version = isRead ? await records.version(ref) : undefined;
  const readable = endpoints
    .filter(({ destination }) => destination.kind !== 'listener' || destination.expiresAt > now)
    .map((endpoint) => ({
      endpoint,
      matches:
        interested.has(endpoint) &&
        (!needsContent(endpoint, ref) || (version !== undefined && isWanted(endpoint, version))),
    }))
    .filter(({ endpoint, matches }) => matches || endpoint.ordering === 'per-record')
    .map(({ endpoint, matches }): Recipient => {
      const status = endpoint.destination.kind === 'listener' ? 'held' : 'pending';
      // An omitted echo has a row too, which says why nothing was sent.
      const wanted = matches && !isOmitted(endpoint, announced);
      return { endpointId: endpoint.id, status, wanted, isDirect: wanted && isDirect(endpoint) };
    });
  const undecided = unreadable
    .filter(isEndpointId)
    .map((endpointId): Recipient => ({ endpointId, status: 'pending', wanted: undefined, isDirect: false }));
  return [...readable, ...undecided];
}

/**
 * Nothing keeps a message to this endpoint waiting. An order needs the row of each delivery, and a
 * rate postpones most of a burst.
 */
function isDirect({ destination, ordering, ratePerSecond, disabled }: Endpoint): boolean {
  const isHeld = disabled !== undefined || destination.kind === 'listener';
  return !isHeld && ordering === 'none' && ratePerSecond === undefined;
}
