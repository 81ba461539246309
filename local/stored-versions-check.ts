import { recordPath } from '../lambdas/core/record.ts';
import type { Version } from '../lambdas/core/version.ts';
import type { ChangeTracker } from './change-tracker.ts';
import { readStoredRecords } from './observation.ts';
import type { TrackedStage } from './tracked-stage.ts';

/** Topics of versions without changes: a new link, an invitation that expires soon, a reminder. */
const topicWithoutChanges = /\.(linked|expiring|reminder)$/;

export interface VersionProblems {
  /** Changes that no message shows, and stored versions that were never received. */
  readonly lost: readonly string[];
  /** Versions that say nothing new, and versions that were sent under two webhook ids. */
  readonly duplicates: readonly string[];
}

/** Compares the versions in the table with each other and with the received messages. */
export async function checkStoredVersions({
  dynamodb,
  tables,
  tracker,
}: Pick<TrackedStage, 'dynamodb' | 'tables' | 'tracker'>): Promise<VersionProblems> {
  const { versions } = await readStoredRecords(dynamodb, tables.records);
  return findVersionProblems([...versions.values()].flat(), tracker);
}

/** @param all all stored versions, in any order */
export function findVersionProblems(all: readonly Version[], tracker: ChangeTracker): VersionProblems {
  const unsent = all.filter((each) => !tracker.hasReceived(recordPath(each), each.version));
  return {
    lost: [
      ...unsent.map((each) => `${nameOf(each)} was not received`),
      ...Array.from({ length: tracker.waitingCount }, () => 'no message shows a change'),
    ],
    duplicates: [
      ...all.filter(isEmpty).map((each) => `${nameOf(each)} says nothing new`),
      ...tracker.duplicates,
    ],
  };
}

function isEmpty({ version, changes, topics }: Version): boolean {
  return version > 1 && changes.length === 0 && !topics.some((topic) => topicWithoutChanges.test(topic));
}

function nameOf(version: Version): string {
  return `${recordPath(version)} version ${version.version}`;
}
