import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { addMs, epochMsOf, type Instant, parseInstant } from '../core/instant.ts';
import { itemFormat } from '../core/tables.ts';
import type { Sightings } from '../ports/sightings.ts';
import { storeCall } from './aws-failure.ts';
import { controlProblems } from './control-items.ts';
import {
  type Attributes,
  fromAttributes,
  keyText,
  toAttributes,
  tryConditionalWrite,
} from './dynamodb-attributes.ts';

const eventKey = { pk: 'sightings', sk: 'event' } as const;
const hourMs = 60 * 60_000;
/** A time further ahead than this is wrong: the clocks of workers differ by less. */
const maxAheadMs = 24 * hourMs;

/**
 * Items of the Control table. A stored time that is invalid is reported and replaced. One that is
 * far ahead is ignored.
 */
export function dynamodbSightings(client: DynamoDBClient, tableName: string): Sightings {
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  const key = { TableName: tableName, Key: toAttributes(eventKey) };
  return {
    recordEvent: (at) =>
      storeCall('recordEvent', async () => {
        if (epochMsOf(at) - writtenAtMs < hourMs) return [];
        const replaced = await replaceEvent(client, tableName, at);
        writtenAtMs = epochMsOf(at);
        return replaced ? controlProblems(fromAttributes(replaced)) : [];
      }),
    lastEventAt: (now) =>
      storeCall('lastEventAt', async () => {
        const { Item = {} } = await client.send(new GetItemCommand({ ...key, ConsistentRead: true }));
        const stored = fromAttributes(Item);
        const event = parseEvent(stored, now);
        const repaired = 'pk' in stored ? controlProblems(stored) : [];
        if (event && repaired.length === 0) return { at: event.at, repaired };
        const item = event ? { [event.name]: event.at } : { firstReadAt: now };
        const isWritten = await tryConditionalWrite(() =>
          client.send(new PutItemCommand(replacement(tableName, Item, item))),
        );
        return { at: event?.at ?? now, repaired: isWritten ? repaired : [] };
      }),
    recordDetailType: (detailType, at) =>
      storeCall('recordDetailType', async () => {
        const input = {
          TableName: tableName,
          Item: toAttributes({
            pk: 'detail-type',
            sk: keyText(detailType),
            format: itemFormat,
            firstSeenAt: at,
          }),
          ConditionExpression: 'attribute_not_exists(pk)',
        };
        const isNew = await tryConditionalWrite(() => client.send(new PutItemCommand(input)));
        return isNew ? 'new' : 'known';
      }),
  };
}

/** Returns the item before, if it was replaced. */
async function replaceEvent(
  client: DynamoDBClient,
  TableName: string,
  at: Instant,
): Promise<Attributes | undefined> {
  const isFirst = 'attribute_not_exists(lastEventAt)';
  // Another worker may have recorded a later event.
  const isLater = 'NOT lastEventAt BETWEEN :at AND :ahead';
  const input = {
    TableName,
    Item: toAttributes({ ...eventKey, format: itemFormat, lastEventAt: at }),
    ConditionExpression: `${isFirst} OR ${isLater}`,
    ExpressionAttributeValues: toAttributes({ ':at': at, ':ahead': addMs(at, maxAheadMs) }),
    ReturnValues: 'ALL_OLD',
  } as const;
  let replaced: Attributes | undefined;
  await tryConditionalWrite(async () => {
    replaced = (await client.send(new PutItemCommand(input))).Attributes;
  });
  return replaced;
}

/** Returns undefined if nothing is known. The first read counts only if no event ever arrived. */
function parseEvent(item: Readonly<Record<string, unknown>>, now: Instant) {
  // Items of 0.1.0 have another name for the first read.
  const { lastEventAt, firstAskedAt, firstReadAt = firstAskedAt } = item;
  const eventAt = parsePastInstant(lastEventAt, now);
  if (eventAt) return { name: 'lastEventAt', at: eventAt };
  const isEventKnown = lastEventAt === undefined || parseInstant(lastEventAt) !== undefined;
  const readAt = isEventKnown ? parsePastInstant(firstReadAt, now) : undefined;
  return readAt && { name: 'firstReadAt', at: readAt };
}

/** Replaces the times, unless another worker did. */
function replacement(TableName: string, before: Attributes, times: Readonly<Record<string, Instant>>) {
  const isUnchanged = ['lastEventAt', 'firstReadAt'].map((name) =>
    before[name] ? `${name} = :${name}` : `attribute_not_exists(${name})`,
  );
  const { lastEventAt, firstReadAt } = before;
  const values = {
    ...(lastEventAt && { ':lastEventAt': lastEventAt }),
    ...(firstReadAt && { ':firstReadAt': firstReadAt }),
  };
  return {
    TableName,
    Item: toAttributes({ ...eventKey, format: itemFormat, ...times }),
    ConditionExpression: isUnchanged.join(' AND '),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}

function parsePastInstant(value: unknown, now: Instant): Instant | undefined {
  const instant = parseInstant(value);
  return instant !== undefined && instant <= addMs(now, maxAheadMs) ? instant : undefined;
}
