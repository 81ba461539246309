import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Instant } from '../core/instant.ts';
import { type ItemKey, itemFormat } from '../core/tables.ts';
import type { CommandSwitch } from '../ports/command-switch.ts';
import { storeCall } from './aws-failure.ts';
import { type Attributes, toAttributes } from './dynamodb-attributes.ts';

/** Key of the item in the Control table. */
const commandSwitchKey: ItemKey = { pk: 'commands', sk: 'switch' };

/** @param recordTable name of the Records table of this stack */
export function dynamodbCommandSwitch(
  client: DynamoDBClient,
  tableName: string,
  recordTable: string,
): CommandSwitch {
  const update = async (UpdateExpression: string, values: Readonly<Record<string, unknown>>) => {
    const { Attributes = {} } = await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: toAttributes(commandSwitchKey),
        UpdateExpression,
        ExpressionAttributeNames: { '#format': 'format' },
        ExpressionAttributeValues: toAttributes({ ':format': itemFormat, ':table': recordTable, ...values }),
        ReturnValues: 'ALL_NEW',
      }),
    );
    return Attributes;
  };
  const stateIn = ({ pausedAt, recordTable: last }: Attributes) => {
    if (last?.S !== recordTable) return 'restored';
    return pausedAt ? 'paused' : 'running';
  };
  return {
    state: () =>
      storeCall('commandSwitch', async () => {
        const input = { TableName: tableName, Key: toAttributes(commandSwitchKey), ConsistentRead: true };
        const { Item } = await client.send(new GetItemCommand(input));
        return stateIn(Item?.['recordTable'] ? Item : await update(rememberFirst, {}));
      }),
    pause: (now: Instant) =>
      storeCall('pauseCommands', async () => {
        await update(`${rememberFirst}, pausedAt = if_not_exists(pausedAt, :now)`, { ':now': now });
      }),
    resume: () =>
      storeCall('resumeCommands', async () => {
        await update('SET #format = :format, recordTable = :table REMOVE pausedAt', {});
      }),
  };
}

const rememberFirst = 'SET #format = :format, recordTable = if_not_exists(recordTable, :table)';
