import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Instant, parseInstant } from '../../../lambdas/core/instant.ts';
import { readRow } from './unreadable-rows.ts';

/** When a function last saw an event, to the hour. Undefined if none did. */
export async function lastEvent(client: DynamoDBClient, tableName: string): Promise<Instant | undefined> {
  const row = await readRow(client, tableName, { pk: 'sightings', sk: 'event' });
  return parseInstant(row?.['lastEventAt']);
}
