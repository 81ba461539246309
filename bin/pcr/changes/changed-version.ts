import type { VersionRef } from '../../../lambdas/core/record.ts';
import { changedPathsOf } from '../../../lambdas/core/record-summary.ts';
import { ifReadable } from '../../../lambdas/core/unreadable.ts';
import type { Version } from '../../../lambdas/core/version.ts';
import type { RecordStore } from '../../../lambdas/ports/record-store.ts';
import { changeValueText } from '../records/change-columns.ts';
import type { ListedVersion } from '../stores/version-list.ts';

/** A version as `pcr changes` prints it: its changes, and the deal. */
export interface ChangedVersion
  extends VersionRef,
    Partial<Pick<Version, 'occurredAt' | 'type' | 'changes' | 'cause'>> {
  readonly knownAt: string;
  readonly topics: readonly string[];
  readonly title?: string | undefined;
  readonly customerName?: string | undefined;
  /** True if the version was edited by hand and is invalid. */
  readonly unreadable?: true;
}

/** Reads a version that the index lists. */
export async function readChangedVersion(
  listed: ListedVersion,
  records: Pick<RecordStore, 'version'>,
): Promise<ChangedVersion> {
  const version = await ifReadable(() => records.version(listed));
  if (!version) return { ...listed, unreadable: true };
  const { attributes, occurredAt, type, changes, cause } = version;
  const { title, customerName } = attributes;
  return { ...listed, occurredAt, type, topics: version.topics, title, customerName, changes, cause };
}

/**
 * Says in one line what a version changed: `/LifeCycle/Stage Prospect → Qualified`. AWS's
 * timestamp, which every change of AWS changes, is left out.
 */
export function changesText({ unreadable, type, changes = [] }: ChangedVersion): string {
  if (unreadable) return 'unreadable';
  const listed = changes.filter((change) => changedPathsOf([change]).paths !== undefined);
  if (listed.length === 0) return type ?? '';
  return listed
    .map(({ path, before, after }) => {
      const values = [before, after].map((value) => changeValueText(value) ?? '-');
      return `${path} ${values.join(' → ')}`;
    })
    .join('; ');
}
