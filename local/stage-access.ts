import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { toAttributes } from '../lambdas/adapters/dynamodb-attributes.ts';
import { clientItem } from '../lambdas/adapters/dynamodb-client-store.ts';
import { endpointItem } from '../lambdas/adapters/dynamodb-endpoint-store.ts';
import type { Client } from '../lambdas/core/client.ts';
import type { Endpoint, WebhookDestination } from '../lambdas/core/endpoint.ts';
import { ownSecretName } from '../lambdas/core/secret-name.ts';
import { clientSettings } from './host/local-account.ts';
import type { Stage } from './host/stage.ts';
import type { Tables } from './observation.ts';
import { webhookEndpoint } from './webhook-endpoint.ts';

/** Clients for the storage of a stage, and the names of its tables. */
export interface StageAccess {
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly tables: Tables;
}

export function accessStage({ endpoints, tables }: Stage): StageAccess {
  return {
    dynamodb: new DynamoDBClient(clientSettings(endpoints.AWS_ENDPOINT_URL_DYNAMODB)),
    sqs: new SQSClient(clientSettings(endpoints.AWS_ENDPOINT_URL_SQS)),
    tables: {
      records: tables.get('Records/Table').tableName,
      webhooks: tables.get('WebhookDelivery/Webhooks').tableName,
    },
  };
}

/** Which messages an endpoint receives. */
export type Subscription = Pick<Endpoint, 'id' | 'topics' | 'catalogs'> &
  Partial<Pick<Endpoint, 'ordering' | 'filter' | 'client' | 'echo'>>;
const everything: Subscription = { id: 'ep_local', topics: ['*'], catalogs: [] };

/** Where a receiver is, the authority to trust for it, and how long it may take. @default 15 s */
export type ReceiverAddress = Pick<WebhookDestination, 'url' | 'caCertificate'> &
  Partial<Pick<WebhookDestination, 'timeoutSeconds'>>;

/**
 * Stores an endpoint and its secret, as an operator would with `pcr`.
 * @param subscription by default `ep_local`, which wants every message
 */
export async function registerEndpoint(
  stage: Stage,
  { secret, ...receiver }: ReceiverAddress & { readonly secret: string },
  subscription: Subscription = everything,
): Promise<void> {
  const { dynamodb, tables } = accessStage(stage);
  const secrets = new SecretsManagerClient(clientSettings(stage.endpoints.AWS_ENDPOINT_URL_SECRETS_MANAGER));
  const secretId = endpointSecretId(subscription.id);
  await secrets.send(new CreateSecretCommand({ Name: secretId, SecretString: secret }));
  const item = endpointItem(webhookEndpoint({ ...subscription, ...receiver, secretId }));
  await dynamodb.send(new PutItemCommand({ TableName: tables.webhooks, Item: toAttributes(item) }));
}

/** The id of the secret that `registerEndpoint` creates. */
export function endpointSecretId(endpointId: string): string {
  return ownSecretName(endpointId, 'PartnerCentralRelay/endpoints/');
}

/** Stores a client of the signed door and its secret, as an operator would with `pcr`. */
export async function registerClient(stage: Stage, client: Client, secret: string): Promise<void> {
  const { dynamodb, tables } = accessStage(stage);
  const secrets = new SecretsManagerClient(clientSettings(stage.endpoints.AWS_ENDPOINT_URL_SECRETS_MANAGER));
  const Name = ownSecretName(client.id, 'PartnerCentralRelay/clients/');
  await secrets.send(new CreateSecretCommand({ Name, SecretString: secret }));
  const Item = toAttributes(clientItem(client));
  await dynamodb.send(new PutItemCommand({ TableName: tables.webhooks, Item }));
}
