import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { addMs, dayMs, type Instant } from '../../../lambdas/core/instant.ts';
import type { RecordKind } from '../../../lambdas/core/record.ts';
import { type DayOfVersions, type ListedVersion, listVersions } from './version-list.ts';

export interface DayQuery {
  readonly catalog: string;
  readonly kinds: readonly RecordKind[];
  /** When the relay learnt of the change. */
  readonly since: Instant;
  /** Where to begin. Later entries come from clocks that are ahead. */
  readonly until: Instant;
}

/** Reads the index of versions by day, the newest entry first. */
export async function* changesByDay(
  { catalog, kinds, since, until }: DayQuery,
  client: DynamoDBClient,
  tableName: string,
): AsyncIterable<ListedVersion> {
  for (let at = until; at.slice(0, 10) >= since.slice(0, 10); at = addMs(at, -dayMs)) {
    const day = at.slice(0, 10);
    const ofDay = await Promise.all(
      kinds.map((kind) => versionsOf({ catalog, kind, day, since }, client, tableName)),
    );
    yield* ofDay.flat().toSorted((a, b) => (a.knownAt < b.knownAt ? 1 : -1));
  }
}

async function versionsOf(
  query: DayOfVersions,
  client: DynamoDBClient,
  tableName: string,
): Promise<readonly ListedVersion[]> {
  const found: ListedVersion[] = [];
  for await (const version of listVersions(query, client, tableName)) found.push(version);
  return found;
}
