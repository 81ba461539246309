import type { DeliveryEntry } from '../../../lambdas/core/delivery.ts';
import { type Endpoint, isInterested } from '../../../lambdas/core/endpoint.ts';
import { testCatalog } from '../../../lambdas/core/sample-version.ts';
import { isWanted } from '../../../lambdas/core/wanted.ts';
import { fewAtOnce } from '../few-at-once.ts';
import type { Relay } from '../relay.ts';
import type { StoredVersions } from '../stores/stored-versions.ts';
import { inSendingOrder, isSelected, type ReplaySelection, type StoredVersion } from './selection.ts';

export interface CountDeps extends Pick<Relay, 'deliveries' | 'records'> {
  readonly storedVersions: StoredVersions;
}

/** What a replay comes to. */
export interface MessageCount {
  /** In the order in which they are sent. */
  readonly messages: readonly StoredVersion[];
  /** Selected, but the endpoint does not want them. */
  readonly unwanted: number;
  /** Items of the Records table that cannot be read, and failed deliveries whose version is not stored any more. */
  readonly unreadable: readonly string[];
}

/** Finds the messages of a selection that the endpoint wants, as it is now. Disabled or not: what is replayed waits for it. */
export async function countMessages(
  selection: ReplaySelection,
  endpoint: Endpoint,
  stores: CountDeps,
): Promise<MessageCount> {
  const selected: StoredVersion[] = [];
  const unreadable: string[] = [];
  const versions = selection.failed ? ofFailed(selection, stores) : stores.storedVersions(selection);
  for await (const version of versions)
    if ('unreadable' in version) unreadable.push(version.unreadable);
    else if (isSelected(version, selection)) selected.push(version);
  const judged = await fewAtOnce(selected, async (version) =>
    (await matchesEndpoint(endpoint, version, stores)) ? [version] : [],
  );
  const wanted = judged.flat();
  return { messages: inSendingOrder(wanted), unwanted: selected.length - wanted.length, unreadable };
}

/** Only a filter looks at more than what a version is announced as. */
async function matchesEndpoint(
  endpoint: Endpoint,
  version: StoredVersion,
  { records }: CountDeps,
): Promise<boolean> {
  if (!endpoint.filter || !isInterested(endpoint, version)) return isInterested(endpoint, version);
  const whole = await records.version(version.ref);
  return whole !== undefined && isWanted(endpoint, whole);
}

async function* ofFailed(
  { endpointId, since, until }: ReplaySelection,
  { deliveries, records }: CountDeps,
): AsyncIterable<StoredVersion | { readonly unreadable: string }> {
  // Nobody waits for a sample.
  for await (const entry of deliveries.list({ endpointId, since, until, statuses: ['exhausted'] }))
    if (entry.version.catalog !== testCatalog) yield await versionOf(entry, records);
}

async function versionOf(
  { id, version: ref, createdAt }: DeliveryEntry,
  records: CountDeps['records'],
): Promise<StoredVersion | { readonly unreadable: string }> {
  const announced = await records.announced(ref);
  return announced ? { ref, ...announced, learntAt: createdAt } : { unreadable: id };
}
