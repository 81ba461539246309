import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { addMs, epochMsOf, type Instant, parseInstant } from '../core/instant.ts';
import type { Sightings } from '../ports/sightings.ts';
import { storeCall } from './aws-failure.ts';
import { fromAttributes, keyText, toAttributes, tryConditionalWrite } from './dynamodb-attributes.ts';

const eventKey = { pk: 'sightings', sk: 'event' } as const;
const hourMs = 60 * 60_000;
/** A time further ahead than this is wrong: the clocks of workers differ by less. */
const maxAheadMs = 24 * hourMs;

/** Items of the Control table. A stored time that is invalid or far ahead is ignored. */
export function dynamodbSightings(client: DynamoDBClient, tableName: string): Sightings {
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  return {
    async recordEvent(at) {
      if (epochMsOf(at) - writtenAtMs < hourMs) return;
      const isFirst = 'attribute_not_exists(lastEventAt)';
      // Another worker may have recorded a later event.
      const isLater = 'NOT lastEventAt BETWEEN :at AND :ahead';
      const input = {
        TableName: tableName,
        Item: toAttributes({ ...eventKey, lastEventAt: at }),
        ConditionExpression: `${isFirst} OR ${isLater}`,
        ExpressionAttributeValues: toAttributes({ ':at': at, ':ahead': addMs(at, maxAheadMs) }),
      };
      await storeCall('recordEvent', () => tryConditionalWrite(() => client.send(new PutItemCommand(input))));
      writtenAtMs = epochMsOf(at);
    },
    lastEventAt: (now) =>
      storeCall('lastEventAt', async () => {
        const key = { TableName: tableName, Key: toAttributes(eventKey) };
        const { Item = {} } = await client.send(new GetItemCommand({ ...key, ConsistentRead: true }));
        const { lastEventAt, firstReadAt } = fromAttributes(Item);
        const known = parsePastInstant(lastEventAt, now) ?? parsePastInstant(firstReadAt, now);
        if (known) return known;
        const firstRead = {
          UpdateExpression: 'SET firstReadAt = :now',
          ExpressionAttributeValues: toAttributes({ ':now': now }),
        };
        await client.send(new UpdateItemCommand({ ...key, ...firstRead }));
        return now;
      }),
    recordDetailType: (detailType, at) =>
      storeCall('recordDetailType', async () => {
        const input = {
          TableName: tableName,
          Item: toAttributes({ pk: 'detail-type', sk: keyText(detailType), firstSeenAt: at }),
          ConditionExpression: 'attribute_not_exists(pk)',
        };
        const isNew = await tryConditionalWrite(() => client.send(new PutItemCommand(input)));
        return isNew ? 'new' : 'known';
      }),
  };
}

function parsePastInstant(value: unknown, now: Instant): Instant | undefined {
  const instant = parseInstant(value);
  return instant !== undefined && instant <= addMs(now, maxAheadMs) ? instant : undefined;
}
