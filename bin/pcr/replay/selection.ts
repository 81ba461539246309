import { type Announced, matchesTopic } from '../../../lambdas/core/endpoint.ts';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import type { Instant } from '../../../lambdas/core/instant.ts';
import { type RecordKey, recordPath, type VersionRef } from '../../../lambdas/core/record.ts';

/** Which messages an endpoint is to have once more. What is left out narrows nothing. */
export interface ReplaySelection {
  readonly endpointId: EndpointId;
  /** Only those whose delivery was exhausted. */
  readonly failed: boolean;
  readonly record?: RecordKey | undefined;
  readonly since?: Instant | undefined;
  /** Always set, so that the same replay selects the same messages tomorrow. */
  readonly until: Instant;
  /** Types and topics, with `*`; empty takes all. */
  readonly types: readonly string[];
}

/** A stored version, as far as it takes to choose it. */
export interface StoredVersion extends Announced {
  readonly ref: VersionRef;
  /** When this stack learnt of it, and so when its message was first due: AWS's own stamps may be years older. */
  readonly learntAt: Instant;
}

export function isSelected(version: StoredVersion, selection: ReplaySelection): boolean {
  const { record, since, until, types } = selection;
  if (record && recordPath(record) !== recordPath(version.ref)) return false;
  if (version.learntAt > until || (since !== undefined && version.learntAt < since)) return false;
  return (
    types.length === 0 ||
    types.some((pattern) => version.topics.some((topic) => matchesTopic(pattern, topic)))
  );
}

/** In the order in which this stack learnt of them; the versions of one record in theirs, whatever their stamps say. */
export function inSendingOrder(versions: readonly StoredVersion[]): readonly StoredVersion[] {
  const byRecord = Map.groupBy(versions, ({ ref }) => recordPath(ref));
  const placed = [...byRecord.values()].flatMap((ofRecord) => {
    let at: Instant | undefined;
    return ofRecord
      .toSorted((a, b) => a.ref.version - b.ref.version)
      .map((version) => {
        at = at !== undefined && at > version.learntAt ? at : version.learntAt;
        return { version, at };
      });
  });
  // Sorting is stable, and keeps those of one moment as they stand.
  return placed.toSorted((a, b) => (a.at === b.at ? 0 : a.at < b.at ? -1 : 1)).map(({ version }) => version);
}
