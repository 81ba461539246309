import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import {
  type Attributes,
  fromAttributes,
  keyIn,
  toAttributes,
} from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { queryPages } from '../../../lambdas/adapters/dynamodb-pages.ts';
import { parseRecordPath, type RecordKind, type VersionRef } from '../../../lambdas/core/record.ts';
import { parseVersionSortKey, recordTable } from '../../../lambdas/core/tables.ts';

/** A version, as the index by day lists it. */
export interface ListedVersion extends VersionRef {
  /** When it was read, or caused. */
  readonly knownAt: string;
  /** The first one is the type of its message. Empty if the item was edited by hand. */
  readonly topics: readonly string[];
}

export interface DayOfVersions {
  readonly catalog: string;
  readonly kind: RecordKind;
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  /** @default the whole day */
  readonly since?: string | undefined;
}

const summary = v.fallback(v.object({ topics: v.array(v.string()) }), { topics: [] });

/** Queries the index by day, newest first. */
export async function* listVersions(
  { catalog, kind, day, since }: DayOfVersions,
  client: DynamoDBClient,
  tableName: string,
): AsyncIterable<ListedVersion> {
  const query = {
    TableName: tableName,
    IndexName: recordTable.indexes.versionsByDay.name,
    ScanIndexForward: false,
    KeyConditionExpression: `dayKey = :day${since === undefined ? '' : ' AND knownAt >= :since'}`,
    ExpressionAttributeValues: toAttributes({ ':day': `${catalog}/${kind}#${day}`, ':since': since }),
  };
  for await (const items of queryPages(client, query)) yield* items.flatMap(versionIn);
}

function versionIn(attributes: Attributes): readonly ListedVersion[] {
  const { pk, sk } = keyIn(attributes);
  const key = parseRecordPath(pk);
  const version = parseVersionSortKey(sk);
  if (!key || version === undefined) return [];
  const entry = fromAttributes(attributes);
  const { topics } = v.parse(summary, entry['summary']);
  return [{ ...key, version, knownAt: String(entry['knownAt']), topics }];
}
