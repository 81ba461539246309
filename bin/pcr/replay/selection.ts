import { type Announced, matchesTopic } from '../../../lambdas/core/endpoint.ts';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import type { Instant } from '../../../lambdas/core/instant.ts';
import { type RecordKey, recordPath, type VersionRef } from '../../../lambdas/core/record.ts';
import { compareTexts } from '../../../lambdas/core/text-order.ts';
import type { MessageIds } from '../../../lambdas/ports/record-store.ts';

/** Criteria for the messages of a replay. A criterion that is left out selects all. */
export interface ReplaySelection {
  readonly endpointId: EndpointId;
  /** Only messages whose delivery was exhausted. */
  readonly failed: boolean;
  readonly record?: RecordKey | undefined;
  readonly since?: Instant | undefined;
  /** Always set, so that a resumed replay selects the same messages. */
  readonly until: Instant;
  /** Types and topics, with `*`; empty selects all. */
  readonly types: readonly string[];
}

/** The part of a stored version that a selection needs. */
export interface StoredVersion extends Announced, MessageIds {
  readonly ref: VersionRef;
  /** When this stack first stored it. AWS's own timestamps may be years older. */
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

/**
 * Sorts by the time of storing, but keeps the versions of each record in order whatever their
 * timestamps.
 */
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
  // Sorting is stable: versions of the same instant keep their order.
  return placed.toSorted((a, b) => compareTexts(a.at, b.at)).map(({ version }) => version);
}
