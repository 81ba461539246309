import { randomBytes } from 'node:crypto';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { endpointItem } from '../../lambdas/adapters/dynamodb-endpoint-store.ts';
import type { EndpointId } from '../../lambdas/core/ids.ts';
import { Receiver } from '../../local/receiver.ts';
import { webhookEndpoint } from '../../local/webhook-endpoint.ts';
import type { Deployed } from './deployed.ts';

/**
 * Starts a receiver and registers it for all topics, with its own secret under the prefix of the
 * stack.
 */
export async function startReceiver({ output, dynamodb, secrets, tables }: Deployed): Promise<Receiver> {
  const id: EndpointId = `ep_${Date.now()}`;
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const secretId = `${output('EndpointSecretNamePrefix')}${id}`;
  await secrets.send(new CreateSecretCommand({ Name: secretId, SecretString: secret }));
  const receiver = new Receiver(secret);
  const url = await receiver.start();
  const endpoint = webhookEndpoint({ id, url, topics: ['*'], catalogs: [], secretId });
  await dynamodb.send(
    new PutItemCommand({ TableName: tables.webhooks, Item: toAttributes(endpointItem(endpoint)) }),
  );
  return receiver;
}
