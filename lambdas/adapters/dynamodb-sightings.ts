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
/** A time so far ahead was written by hand: clocks differ by less. */
const aheadMs = 24 * hourMs;

/** Items of the Control table. What somebody wrote there by hand and is no time, or one far ahead, counts as nothing. */
export function dynamodbSightings(client: DynamoDBClient, tableName: string): Sightings {
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  return {
    async eventSeen(at) {
      if (epochMsOf(at) - writtenAtMs < hourMs) return;
      const input = {
        TableName: tableName,
        Item: toAttributes({ ...eventKey, lastEventAt: at }),
        // Another worker may have seen a later one.
        ConditionExpression: 'attribute_not_exists(lastEventAt) OR NOT lastEventAt BETWEEN :at AND :ahead',
        ExpressionAttributeValues: toAttributes({ ':at': at, ':ahead': addMs(at, aheadMs) }),
      };
      await storeCall('eventSeen', () => tryConditionalWrite(() => client.send(new PutItemCommand(input))));
      writtenAtMs = epochMsOf(at);
    },
    lastEvent: (now) =>
      storeCall('lastEvent', async () => {
        const key = { TableName: tableName, Key: toAttributes(eventKey) };
        const { Item = {} } = await client.send(new GetItemCommand({ ...key, ConsistentRead: true }));
        const { lastEventAt, firstAskedAt } = fromAttributes(Item);
        const known = pastInstant(lastEventAt, now) ?? pastInstant(firstAskedAt, now);
        if (known) return known;
        const asked = {
          UpdateExpression: 'SET firstAskedAt = :now',
          ExpressionAttributeValues: toAttributes({ ':now': now }),
        };
        await client.send(new UpdateItemCommand({ ...key, ...asked }));
        return now;
      }),
    isNewDetailType: (detailType, at) =>
      storeCall('isNewDetailType', () => {
        const input = {
          TableName: tableName,
          Item: toAttributes({ pk: 'detail-type', sk: keyText(detailType), firstSeenAt: at }),
          ConditionExpression: 'attribute_not_exists(pk)',
        };
        return tryConditionalWrite(() => client.send(new PutItemCommand(input)));
      }),
  };
}

function pastInstant(value: unknown, now: Instant): Instant | undefined {
  const instant = parseInstant(value);
  return instant !== undefined && instant <= addMs(now, aheadMs) ? instant : undefined;
}
