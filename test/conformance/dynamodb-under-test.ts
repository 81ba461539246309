import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { type EngineName, startDynamoDb } from '../../local/host/dynamodb-engine.ts';
import { clientSettings } from '../../local/host/local-account.ts';
import { recordTableInput, webhookTableInput } from './tables.ts';

export interface DynamoDbUnderTest {
  readonly client: () => DynamoDBClient;
  /** Creates an empty Records table. @returns its name */
  readonly newRecordTable: () => Promise<string>;
  /** Creates an empty Webhooks table. @returns its name */
  readonly newWebhookTable: () => Promise<string>;
}

/** One engine for the whole file: started before its tests, ended after them. */
export function useDynamoDb(name: EngineName): DynamoDbUnderTest {
  let started: { client: DynamoDBClient; stop: () => Promise<void> } | undefined;
  let tables = 0;
  beforeAll(async () => {
    const { endpoint, stop } = await startDynamoDb(name);
    started = { client: new DynamoDBClient(clientSettings(endpoint)), stop };
  });
  afterAll(async () => {
    started?.client.destroy();
    await started?.stop();
  });
  const client = () => {
    if (!started) throw new Error(`${name} did not start`);
    return started.client;
  };
  const create = async (inputOf: (tableName: string) => CreateTableCommandInput) => {
    tables += 1;
    const tableName = `table${tables}`;
    await client().send(new CreateTableCommand(inputOf(tableName)));
    return tableName;
  };
  return {
    client,
    newRecordTable: () => create(recordTableInput),
    newWebhookTable: () => create(webhookTableInput),
  };
}
