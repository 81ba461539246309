import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  QueryCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { parseInstant } from '../core/instant.ts';
import { webhookTable } from '../core/tables.ts';
import type { CommandStore } from '../ports/command-store.ts';
import { storeCall } from './aws-failure.ts';
import { type Attributes, toAttributes } from './dynamodb-attributes.ts';
import { despiteConflicts } from './dynamodb-transaction.ts';
import { isFree, lineWrite } from './line-expressions.ts';
import { dueLine, lineIn } from './line-item.ts';

/** What functions do that work on no line: a part of its own, so that their bundles stay small. */
export function dynamodbLineSignals(
  client: DynamoDBClient,
  tableName: string,
): Pick<CommandStore, 'signal' | 'dueLines'> {
  const tryUpdate = (input: UpdateItemCommandInput) => tryLineUpdate(client, input);
  return {
    signal: (key, now) =>
      storeCall('signal', async () => {
        const adds = { signals: 1 };
        const ofFree = {
          sets: { due: dueLine, dueAt: now },
          adds,
          condition: `attribute_exists(pk) AND ${isFree}`,
        };
        const ofClaimed = { adds, condition: 'attribute_exists(claimId)' };
        let found = await tryUpdate(lineWrite(tableName, key, ofFree));
        while (found?.['pk']) {
          const write = found['claimId'] ? ofClaimed : ofFree;
          found = await tryUpdate(lineWrite(tableName, key, write));
        }
      }),
    dueLines: (now, limit) =>
      storeCall('dueLines', async () => {
        const input = {
          TableName: tableName,
          IndexName: webhookTable.indexes.due.name,
          KeyConditionExpression: 'due = :line AND dueAt <= :now',
          ExpressionAttributeValues: toAttributes({ ':line': dueLine, ':now': now }),
          Limit: limit,
        };
        const { Items = [] } = await client.send(new QueryCommand(input));
        return Items.flatMap(({ pk, dueAt }) => {
          const key = lineIn(pk?.S);
          return key ? [{ key, dueAt: parseInstant(dueAt?.S) ?? now }] : [];
        });
      }),
  };
}

/**
 * @returns undefined if it was done; else the item for which the condition did not hold, empty if
 *   there is none
 */
export async function tryLineUpdate(
  client: DynamoDBClient,
  input: UpdateItemCommandInput,
): Promise<Attributes | undefined> {
  try {
    await despiteConflicts(() => client.send(new UpdateItemCommand(input)));
    return undefined;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return error.Item ?? {};
    throw error;
  }
}
