import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientSettings } from '../../local/host/local-account.ts';
import type { Cdk } from './cdk.ts';

/**
 * Lets the first deployment fail when everything else is created, so that it is rolled back.
 * @throws Error if anything but the three tables is left
 */
export async function rollBackFirst(
  deploy: () => ReturnType<Cdk['run']>,
  emulatorUrl: string,
): Promise<void> {
  const settings = clientSettings(emulatorUrl);
  const [dynamodb, lambda, sqs] = [
    new DynamoDBClient(settings),
    new LambdaClient(settings),
    new SQSClient(settings),
  ];
  const list = async () => {
    const { TableNames = [] } = await dynamodb.send(new ListTablesCommand({}));
    const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
    return { tables: TableNames.length, functions: Functions.length, queues: QueueUrls.length };
  };
  const before = await list();
  const output = await deploy().catch((error: unknown) => String(error));
  if (!output.includes('ROLLBACK_COMPLETE')) throw new Error(`The deployment is not rolled back:\n${output}`);
  const after = await list();
  const expected = { ...before, tables: before.tables + 3 };
  if (JSON.stringify(after) !== JSON.stringify(expected))
    throw new Error(`The rollback left ${JSON.stringify(after)}, not ${JSON.stringify(expected)}.`);
}
