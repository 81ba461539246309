import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { toAttributes } from '../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbDeliveryStore } from '../lambdas/adapters/dynamodb-delivery-store.ts';
import { endpointItem } from '../lambdas/adapters/dynamodb-endpoint-store.ts';
import { dynamodbRecordStore } from '../lambdas/adapters/dynamodb-record-store.ts';
import { deliveryDoorbellBody } from '../lambdas/core/doorbell-body.ts';
import { deliveryIdOf } from '../lambdas/core/ids.ts';
import { instantOf } from '../lambdas/core/instant.ts';
import { messageOf } from '../lambdas/core/message.ts';
import { type ItemKey, versionItemKey } from '../lambdas/core/tables.ts';
import type { Version } from '../lambdas/core/version.ts';
import { clientSettings } from '../local/host/local-account.ts';
import { webhookEndpoint } from '../local/webhook-endpoint.ts';
import { appendVersion } from '../test/builders/append-version.ts';
import { opportunityPayload } from '../test/builders/payloads.ts';
import { observation, versionOf } from '../test/builders/versions.ts';
import { recordTableInput, webhookTableInput } from '../test/conformance/tables.ts';

/** One endpoint, and new versions that wait to be sent to it. */
export interface WebhookBacklog {
  /** The message body of a version. All versions here have bodies of the same length. */
  readonly body: string;
  /** Adds deliveries. @returns the bodies of their doorbell messages */
  add(deliveries: number): Promise<readonly string[]>;
  /** Adds versions that are not fanned out. @returns the keys of their items */
  addVersions(versions: number): Promise<readonly ItemKey[]>;
}

/** So late that `sweep` would not signal the version before it is fanned out. */
const graceMs = 600_000;

interface BacklogProps {
  readonly dynamodb: string;
  readonly secretsManager: string;
  readonly url: string;
  readonly secret: string;
}

/** Creates the tables `records` and `webhooks`, and an endpoint that wants everything. */
export async function createWebhookBacklog({
  dynamodb,
  secretsManager,
  url,
  secret,
}: BacklogProps): Promise<WebhookBacklog> {
  const client = new DynamoDBClient(clientSettings(dynamodb));
  for (const input of [recordTableInput('records'), webhookTableInput('webhooks')])
    await client.send(new CreateTableCommand(input));
  const secretId = 'PartnerCentralRelay/endpoints/ep_bench';
  const secrets = new SecretsManagerClient(clientSettings(secretsManager));
  await secrets.send(new CreateSecretCommand({ Name: secretId, SecretString: secret }));
  const endpoint = webhookEndpoint({ id: 'ep_bench', url, topics: ['*'], catalogs: [], secretId });
  await client.send(
    new PutItemCommand({ TableName: 'webhooks', Item: toAttributes(endpointItem(endpoint)) }),
  );
  const records = dynamodbRecordStore(client, 'records');
  const deliveries = dynamodbDeliveryStore(client, 'webhooks');
  let count = 0;
  const addVersion = async (dueInMs: number): Promise<Version> => {
    count += 1;
    const version = versionNumbered(count);
    await appendVersion(records, undefined, version, instantOf(Date.now() + dueInMs));
    return version;
  };
  const addOne = async (): Promise<string> => {
    const version = await addVersion(0);
    const { messageId } = version;
    const id = deliveryIdOf(messageId, endpoint.id);
    const delivery = { id, messageId, endpointId: endpoint.id, version: version, wanted: true };
    await deliveries.add(delivery, instantOf(Date.now() - 1_000));
    return deliveryDoorbellBody(id, { endpointId: endpoint.id });
  };
  return {
    body: messageOf(versionNumbered(0), endpoint).body,
    add: (deliveryCount) => Promise.all(Array.from({ length: deliveryCount }, addOne)),
    addVersions: (versionCount) =>
      Promise.all(
        Array.from({ length: versionCount }, async () => versionItemKey(await addVersion(graceMs))),
      ),
  };
}

/** The first version of an opportunity that has no other version. */
function versionNumbered(number: number): Version {
  const id = `O${String(1_000_000 + number)}`;
  const key = { catalog: 'AWS', kind: 'opportunity', id } as const;
  return versionOf(observation({ key, payload: opportunityPayload({ id }) }));
}
