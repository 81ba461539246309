import {
  BatchWriteItemCommand,
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect } from 'vitest';
import { clientSettings } from '../../local/host/local-account.ts';
import {
  type DynamoDbEngine,
  dynoxideBinary,
  type EngineName,
  startDynamoDb,
} from '../../local/host/tables/dynamodb-engine.ts';
import { controlTableInput, recordTableInput, webhookTableInput } from './tables.ts';

export interface DynamoDbUnderTest {
  readonly client: () => DynamoDBClient;
  /** Empties the Records table. @returns its name */
  readonly emptyRecordTable: () => Promise<string>;
  /** Empties the Webhooks table. @returns its name */
  readonly emptyWebhookTable: () => Promise<string>;
  /** Empties the Control table. @returns its name */
  readonly emptyControlTable: () => Promise<string>;
}

/** Why tests on dynoxide are skipped on this machine. CI never skips them. */
export const missingDynoxide =
  dynoxideBinary() !== undefined || process.env['CI'] ? undefined : 'its binary is built for Linux x64 alone';

const records = recordTableInput('records');
const webhooks = webhookTableInput('webhooks');
const control = controlTableInput('control');

/**
 * One engine for the whole file, started before its tests and ended after them, since DynamoDB
 * Local is slow to start.
 */
export function useDynamoDb(name: EngineName): DynamoDbUnderTest {
  let started: { readonly client: DynamoDBClient; readonly engine: DynamoDbEngine } | undefined;
  const client = () => {
    if (!started) throw new Error(`${name} did not start`);
    return started.client;
  };
  beforeAll(async () => {
    const engine = await startDynamoDb(name);
    started = { client: new DynamoDBClient(clientSettings(engine.endpoint)), engine };
    expect(engine.name).toBe(name);
    for (const table of [records, webhooks, control]) await client().send(new CreateTableCommand(table));
  });
  afterAll(async () => {
    if (!started) return;
    started.client.destroy();
    await started.engine.stop();
    await expect(fetch(started.engine.endpoint), 'it ends after stop').rejects.toThrow();
  });
  return {
    client,
    emptyRecordTable: () => emptied(client(), records),
    emptyWebhookTable: () => emptied(client(), webhooks),
    emptyControlTable: () => emptied(client(), control),
  };
}

/** Deleting the few items of a test is quicker than creating a table. */
async function emptied(
  client: DynamoDBClient,
  { TableName }: CreateTableCommandInput & { readonly TableName: string },
): Promise<string> {
  const scan = { TableName, ProjectionExpression: 'pk, sk', Limit: 25 };
  for await (const { Items = [] } of paginateScan({ client }, scan)) {
    const deletions = Items.map((Key) => ({ DeleteRequest: { Key } }));
    if (deletions.length > 0)
      await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: deletions } }));
  }
  return TableName;
}
