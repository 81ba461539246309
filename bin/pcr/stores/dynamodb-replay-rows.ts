import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { fromAttributes, toAttributes } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { type EndpointId, isEndpointId } from '../../../lambdas/core/ids.ts';
import { epochMsOf } from '../../../lambdas/core/instant.ts';
import { parseRecordPath, recordPath } from '../../../lambdas/core/record.ts';
import { webhookTable } from '../../../lambdas/core/tables.ts';
import { storedInstant } from '../../../lambdas/core/value-schema.ts';
import type { Replay, ReplayId, ReplayRows } from '../replay/replay.ts';

/** As long as deliveries are kept, which store the replay that moved them. */
const keptMs = 30 * 24 * 60 * 60 * 1_000;
const partition = 'replay';

/** Stored replays in the Webhooks table. */
export function dynamodbReplayRows(client: DynamoDBClient, tableName: string): ReplayRows {
  return {
    async find(id) {
      const Key = toAttributes({ pk: partition, sk: id });
      const { Item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true }),
      );
      return Item && replayIn(id, fromAttributes(Item));
    },
    async put(replay) {
      const { id, selection, ratePerSecond, startedAt } = replay;
      const { record, ...rest } = selection;
      const item = {
        pk: partition,
        sk: id,
        ...rest,
        record: record && recordPath(record),
        ratePerSecond,
        startedAt,
        [webhookTable.timeToLive]: Math.ceil((epochMsOf(startedAt) + keptMs) / 1_000),
      };
      await client.send(new PutItemCommand({ TableName: tableName, Item: toAttributes(item) }));
    },
  };
}

const row = v.object({
  endpointId: v.custom<EndpointId>(isEndpointId),
  failed: v.boolean(),
  record: v.optional(v.pipe(v.string(), v.transform(parseRecordPath))),
  since: v.optional(storedInstant),
  until: storedInstant,
  types: v.array(v.string()),
  ratePerSecond: v.number(),
  startedAt: storedInstant,
});

/** What a stored replay must have. */
export const replayAttributes = row.entries;

function replayIn(id: ReplayId, item: unknown): Replay {
  const { ratePerSecond, startedAt, ...selection } = v.parse(row, item);
  return { id, selection, ratePerSecond, startedAt };
}
