import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { toAttributes } from '../lambdas/adapters/dynamodb-attributes.ts';
import { endpointItem } from '../lambdas/adapters/dynamodb-endpoint-store.ts';
import { stageFolder } from './deployment.ts';
import type { FunctionLines } from './function-lines.ts';
import { clientSettings } from './host/local-account.ts';
import { type Stage, startStage } from './host/stage.ts';
import { hasUnfinishedWork, type Tables } from './observation.ts';
import type { Options } from './options.ts';
import { Receiver } from './receiver.ts';

/** Schedules, retry delays and back-off run fifty times faster here than in a deployment. */
export const timeScale = 0.02;

/** The deployed parts on embedded engines, with a receiver registered as an endpoint. */
export interface LocalStage {
  readonly stage: Stage;
  readonly receiver: Receiver;
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly tables: Tables;
  /** Resolves when no queue, stream or row holds work any more. */
  readonly settled: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startLocalStage(
  { engine }: Pick<Options, 'engine'>,
  partnerCentralUrl: string,
  lines: FunctionLines,
): Promise<LocalStage> {
  const stage = await startStage({
    template: stageFolder,
    engine,
    timeScale,
    concurrency: 2,
    env: process.env,
    partnerCentralUrl,
    functionEnvironment: () => ({ TIME_SCALE: String(timeScale), WEBHOOK_NETWORK: 'loopback' }),
    onLine: (functionId, line) => lines.read(functionId, line),
  });
  const { endpoints } = stage;
  const dynamodb = new DynamoDBClient(clientSettings(endpoints.AWS_ENDPOINT_URL_DYNAMODB));
  const tables = {
    records: stage.tables.get('Records/Table').tableName,
    webhooks: stage.tables.get('WebhookDelivery/Webhooks').tableName,
  };
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const receiver = new Receiver(secret);
  await register(stage, dynamodb, tables, { url: await receiver.start(), secret });
  return {
    stage,
    receiver,
    dynamodb,
    sqs: new SQSClient(clientSettings(endpoints.AWS_ENDPOINT_URL_SQS)),
    tables,
    settled: async () => {
      do await stage.idle();
      while (await unfinished(dynamodb, tables));
    },
    stop: async () => {
      receiver.stop();
      await stage.stop();
    },
  };
}

/** Asks again a little later, so that whoever waits does not keep the table busy. */
async function unfinished(client: DynamoDBClient, tables: Tables): Promise<boolean> {
  if (!(await hasUnfinishedWork(client, tables))) return false;
  await sleep(50);
  return true;
}

/** An endpoint that wants everything, with its secret, as an operator would register it. */
async function register(
  { endpoints }: Stage,
  dynamodb: DynamoDBClient,
  tables: Tables,
  { url, secret }: { url: string; secret: string },
): Promise<void> {
  const secretId = 'PartnerCentralRelay/endpoints/ep_local';
  const secrets = new SecretsManagerClient(clientSettings(endpoints.AWS_ENDPOINT_URL_SECRETS_MANAGER));
  await secrets.send(new CreateSecretCommand({ Name: secretId, SecretString: secret }));
  const endpoint = endpointItem({ id: 'ep_local', url, topics: ['*'], catalogs: [], secretId });
  await dynamodb.send(new PutItemCommand({ TableName: tables.webhooks, Item: toAttributes(endpoint) }));
}
