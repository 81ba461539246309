import pMap, { pMapSkip } from 'p-map';
import { testCatalog } from '../../../lambdas/core/catalogs.ts';
import type { DeliveryEntry } from '../../../lambdas/core/delivery.ts';
import { type Endpoint, isInterested } from '../../../lambdas/core/endpoint.ts';
import { ifReadable } from '../../../lambdas/core/unreadable.ts';
import { isWanted, needsContent } from '../../../lambdas/core/wanted.ts';
import { concurrency } from '../first-of.ts';
import type { Relay } from '../relay.ts';
import type { StoredVersions } from '../stores/stored-versions.ts';
import { inSendingOrder, isSelected, type ReplaySelection, type StoredVersion } from './selection.ts';

export interface FindDeps extends Pick<Relay, 'deliveries' | 'records'> {
  readonly storedVersions: StoredVersions;
}

/** What a replay will send and what it leaves out. */
export interface FoundMessages {
  /** In sending order. */
  readonly messages: readonly StoredVersion[];
  /** Number of selected messages that the endpoint does not want. */
  readonly unwanted: number;
  /**
   * Keys of unreadable items in the Records table, and failed deliveries whose version is no longer
   * stored.
   */
  readonly unreadable: readonly string[];
}

/**
 * Finds the selected messages that match the endpoint's current definition. The endpoint may be
 * disabled: `deliver` then holds the messages.
 */
export async function findMessages(
  selection: ReplaySelection,
  endpoint: Endpoint,
  stores: FindDeps,
): Promise<FoundMessages> {
  const selected: StoredVersion[] = [];
  const unreadable: string[] = [];
  const versions = selection.failed ? failedVersions(selection, stores) : stores.storedVersions(selection);
  for await (const version of versions)
    if ('unreadable' in version) unreadable.push(version.unreadable);
    else if (isSelected(version, selection)) selected.push(version);
  const wanted = await pMap(
    selected,
    async (version) => ((await matchesEndpoint(version, endpoint, stores)) ? version : pMapSkip),
    { concurrency },
  );
  return { messages: inSendingOrder(wanted), unwanted: selected.length - wanted.length, unreadable };
}

/** Whether the endpoint wants the version. A replay also sends an echo that the endpoint omits. */
async function matchesEndpoint(
  version: StoredVersion,
  endpoint: Endpoint,
  { records }: FindDeps,
): Promise<boolean> {
  const isCandidate = isInterested(endpoint, version);
  if (!isCandidate || !needsContent(endpoint, version.ref)) return isCandidate;
  const whole = await records.version(version.ref);
  return whole !== undefined && isWanted(endpoint, whole);
}

async function* failedVersions(
  { endpointId, since, until }: ReplaySelection,
  { deliveries, records }: FindDeps,
): AsyncIterable<StoredVersion | { readonly unreadable: string }> {
  // Samples are not replayed.
  for await (const entry of deliveries.rows({ endpointId, since, until, statuses: ['exhausted'] }))
    if ('unreadable' in entry) yield { unreadable: entry.id };
    else if (entry.version.catalog !== testCatalog) yield await versionOf(entry, records);
}

async function versionOf(
  { id, version: ref, createdAt }: DeliveryEntry,
  records: FindDeps['records'],
): Promise<StoredVersion | { readonly unreadable: string }> {
  const announced = await ifReadable(() => records.announced(ref));
  return announced ? { ref, ...announced, learntAt: createdAt } : { unreadable: id };
}
