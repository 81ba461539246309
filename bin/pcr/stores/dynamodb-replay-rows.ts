import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { fromAttributes, toAttributes } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import type { Item } from '../../../lambdas/adapters/record-content.ts';
import { type EndpointId, isEndpointId } from '../../../lambdas/core/ids.ts';
import { epochMsOf } from '../../../lambdas/core/instant.ts';
import { parseRecordPath, recordPath } from '../../../lambdas/core/record.ts';
import { itemFormat, webhookTable } from '../../../lambdas/core/tables.ts';
import { problemsOf } from '../../../lambdas/core/unreadable.ts';
import { storedInstant } from '../../../lambdas/core/value-schema.ts';
import { CommandError } from '../errors.ts';
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
        format: itemFormat,
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

const positive = v.pipe(v.number('a number above 0'), v.gtValue(0, 'a number above 0'));
const row = v.object({
  endpointId: v.custom<EndpointId>(isEndpointId, 'ep_ and 1 to 64 letters or digits'),
  failed: v.boolean('true or false'),
  record: v.optional(
    v.pipe(
      v.string(),
      v.check((path) => parseRecordPath(path) !== undefined, '<catalog>/<kind>/<id>'),
      v.transform(parseRecordPath),
    ),
  ),
  since: v.optional(storedInstant),
  until: storedInstant,
  types: v.array(v.string('a text'), 'a list of texts'),
  ratePerSecond: positive,
  startedAt: storedInstant,
});

/** Returns what is invalid. Names attributes, never values. */
export function replayProblems(item: Item): readonly string[] {
  const problems = problemsOf(row.entries, item);
  const { record, since, failed } = item;
  // Without any of them, the replay would send every stored message.
  const isUnlimited = record === undefined && since === undefined && failed === false;
  return isUnlimited ? [...problems, 'record, since, failed: none selects; allowed: one or more'] : problems;
}

/** @throws CommandError if the row was edited by hand and is invalid */
function replayIn(id: ReplayId, item: Item): Replay {
  const problems = replayProblems(item);
  if (problems.length > 0)
    throw new CommandError(
      `The replay ${id} is unreadable: ${problems.join('; ')}. Repair its row in table Webhooks, or start a new replay.`,
    );
  const { ratePerSecond, startedAt, ...selection } = v.parse(row, item);
  return { id, selection, ratePerSecond, startedAt };
}
