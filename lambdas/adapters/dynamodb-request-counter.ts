import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Admission, latestInstantMs, type RequestRate } from '../core/request-rate.ts';
import { type ItemKey, itemFormat } from '../core/tables.ts';
import type { RequestCounter } from '../ports/request-counter.ts';
import { storeCall } from './aws-failure.ts';
import { type Attributes, fromAttributes, toAttributes } from './dynamodb-attributes.ts';

/** Key of the row of a client in the Webhooks table. */
export function requestRateKey(clientId: string): ItemKey {
  return { pk: 'request-rate', sk: clientId };
}

/** DynamoDB deletes the row of a client a day after its last request. */
const keptSeconds = 24 * 60 * 60;
const mostKnown = 1_000;

/**
 * One conditional write a request. A second one if the row was not as this worker last saw it. A
 * client that it knows to be too fast costs none, because the instant of a row only grows.
 */
export function dynamodbRequestCounter(client: DynamoDBClient, TableName: string): RequestCounter {
  const known = new Map<string, number>();
  const remember = (clientId: string, busyUntilMs: number) => {
    if (known.size >= mostKnown) known.clear();
    known.set(clientId, busyUntilMs);
  };
  const write = async (clientId: string, rate: RequestRate, nowMs: number, isBusy: boolean) => {
    const form = isBusy ? whileBusy(rate, nowMs) : afterIdle(rate, nowMs);
    const command = new UpdateItemCommand({
      TableName,
      Key: toAttributes(requestRateKey(clientId)),
      ...form,
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return tryUpdate(async () => (await client.send(command)).Attributes);
  };
  return {
    admit: (clientId, rate, nowMs) =>
      storeCall('countRequest', async (): Promise<Admission> => {
        const isKnown = (busyUntilMs: number) => busyUntilMs <= latestInstantMs(rate, nowMs);
        let busyUntilMs = known.get(clientId) ?? 0;
        // The first write assumes the cached instant, later ones what the failed write returned.
        for (let tries = 0; tries < mostWrites; tries += 1) {
          const isBusy = busyUntilMs > nowMs && isKnown(busyUntilMs);
          const afterMs = busyUntilMs - nowMs - rate.toleranceMs;
          if (isBusy && afterMs > 0) return { kind: 'too-many', afterMs };
          const written = await write(clientId, rate, nowMs, isBusy);
          busyUntilMs = busyUntilIn(written.attributes);
          remember(clientId, busyUntilMs);
          if (written.isWritten) return { kind: 'admitted' };
        }
        return { kind: 'too-many', afterMs: rate.intervalMs };
      }),
  };
}

/**
 * Each lost race is another request of the client that was admitted, and the API lets in ten
 * requests a second.
 */
const mostWrites = 10;

function whileBusy({ intervalMs, toleranceMs }: RequestRate, nowMs: number) {
  return {
    UpdateExpression: `SET #format = :format, ${expiry}, busyUntilMs = busyUntilMs + :interval`,
    ConditionExpression: 'busyUntilMs BETWEEN :now AND :most',
    ...expressionValues(nowMs, { ':interval': intervalMs, ':now': nowMs, ':most': nowMs + toleranceMs }),
  };
}

function afterIdle(rate: RequestRate, nowMs: number) {
  return {
    UpdateExpression: `SET #format = :format, ${expiry}, busyUntilMs = :until`,
    // Also replaces what was edited by hand.
    ConditionExpression: 'attribute_not_exists(pk) OR NOT busyUntilMs BETWEEN :later AND :latest',
    ...expressionValues(nowMs, {
      ':until': nowMs + rate.intervalMs,
      ':later': nowMs + 1,
      ':latest': latestInstantMs(rate, nowMs),
    }),
  };
}

const expiry = 'expiresAtEpochSeconds = :expiry';

function expressionValues(nowMs: number, values: Readonly<Record<string, number>>) {
  const expiresAt = Math.ceil(nowMs / 1_000) + keptSeconds;
  return {
    ExpressionAttributeNames: { '#format': 'format' },
    ExpressionAttributeValues: toAttributes({ ':format': itemFormat, ':expiry': expiresAt, ...values }),
  };
}

interface Written {
  readonly isWritten: boolean;
  readonly attributes: Attributes | undefined;
}

async function tryUpdate(update: () => Promise<Attributes | undefined>): Promise<Written> {
  try {
    return { isWritten: true, attributes: await update() };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { isWritten: false, attributes: error.Item };
  }
}

/** 0 for a row that does not exist, or that was edited by hand. */
function busyUntilIn(attributes: Attributes = {}): number {
  const { busyUntilMs } = fromAttributes(attributes);
  return typeof busyUntilMs === 'number' ? busyUntilMs : 0;
}
