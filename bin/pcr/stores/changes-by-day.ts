import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import {
  type Attributes,
  fromAttributes,
  keyIn,
  toAttributes,
} from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { queryPages } from '../../../lambdas/adapters/dynamodb-pages.ts';
import { addMs, type Instant } from '../../../lambdas/core/instant.ts';
import { parseRecordPath, type RecordKind, type VersionRef } from '../../../lambdas/core/record.ts';
import { parseVersionSortKey, recordTable } from '../../../lambdas/core/tables.ts';

export interface DayQuery {
  readonly catalog: string;
  readonly kinds: readonly RecordKind[];
  /** When the relay learnt of the change. */
  readonly since: Instant;
  /** Where to begin. Later entries come from clocks that are ahead. */
  readonly until: Instant;
}

/** An entry of the index by day: which version, and what it is about, without values. */
export interface DayEntry {
  readonly ref: VersionRef;
  readonly knownAt: string;
  /** Empty if the item was edited by hand. */
  readonly topics: readonly string[];
}

const dayMs = 86_400_000;

/** Reads the index of versions by day, the newest entry first. */
export async function* changesByDay(
  { catalog, kinds, since, until }: DayQuery,
  client: DynamoDBClient,
  tableName: string,
): AsyncIterable<DayEntry> {
  for (let day = until; day.slice(0, 10) >= since.slice(0, 10); day = addMs(day, -dayMs)) {
    const ofDay = await Promise.all(
      kinds.map((kind) => entriesOf(`${catalog}/${kind}#${day.slice(0, 10)}`, since, client, tableName)),
    );
    yield* ofDay.flat().toSorted((a, b) => (a.knownAt < b.knownAt ? 1 : -1));
  }
}

async function entriesOf(
  dayKey: string,
  since: Instant,
  client: DynamoDBClient,
  TableName: string,
): Promise<readonly DayEntry[]> {
  const { name, partitionKey, sortKey } = recordTable.indexes.versionsByDay;
  const query = {
    TableName,
    IndexName: name,
    KeyConditionExpression: `${partitionKey} = :day AND ${sortKey} >= :since`,
    ExpressionAttributeValues: toAttributes({ ':day': dayKey, ':since': since }),
    ScanIndexForward: false,
  };
  const found: DayEntry[] = [];
  for await (const entries of queryPages(client, query)) found.push(...entries.flatMap(entryIn));
  return found;
}

const topicsOf = v.fallback(v.object({ topics: v.array(v.string()) }), { topics: [] });

function entryIn(attributes: Attributes): readonly DayEntry[] {
  const { pk, sk } = keyIn(attributes);
  const key = parseRecordPath(pk);
  const version = parseVersionSortKey(sk);
  if (!key || version === undefined) return [];
  const { summary, knownAt } = fromAttributes(attributes);
  const { topics } = v.parse(topicsOf, summary);
  return [{ ref: { ...key, version }, knownAt: String(knownAt), topics }];
}
