import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { fromAttributes, keyIn, toAttributes } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { queryPages } from '../../../lambdas/adapters/dynamodb-pages.ts';
import { parseRecordPath, type RecordKind, type VersionRef } from '../../../lambdas/core/record.ts';
import { parseVersionSortKey, recordTable } from '../../../lambdas/core/tables.ts';

/** A version, as the index by day lists it. */
export interface ListedVersion extends VersionRef {
  /** When it was read, or caused. */
  readonly knownAt: string;
  /** The first one is the type of its message. */
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

const entry = v.object({
  knownAt: v.string(),
  summary: v.object({ topics: v.array(v.string()) }),
});

/** Queries the index by day, newest first. Entries that were edited by hand are left out. */
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
  for await (const items of queryPages(client, query))
    for (const item of items) {
      const { pk, sk } = keyIn(item);
      const key = parseRecordPath(pk);
      const version = parseVersionSortKey(sk);
      const parsed = v.safeParse(entry, fromAttributes(item));
      if (key && version !== undefined && parsed.success)
        yield { ...key, version, knownAt: parsed.output.knownAt, topics: parsed.output.summary.topics };
    }
}
