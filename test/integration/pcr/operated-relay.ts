import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Relay, relayOf } from '../../../bin/pcr/relay.ts';
import { dynamodbClientAdmin } from '../../../bin/pcr/stores/dynamodb-client-admin.ts';
import { dynamodbDeliveryLog } from '../../../bin/pcr/stores/dynamodb-delivery-log.ts';
import { dynamodbEndpointAdmin } from '../../../bin/pcr/stores/dynamodb-endpoint-admin.ts';
import { dynamodbEndpointSet } from '../../../bin/pcr/stores/dynamodb-endpoint-set.ts';
import { secretsManagerSecretAdmin } from '../../../bin/pcr/stores/secrets-manager-secret-admin.ts';
import { toAttributes } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbClientStore } from '../../../lambdas/adapters/dynamodb-client-store.ts';
import { dynamodbDeliveryStore } from '../../../lambdas/adapters/dynamodb-delivery-store.ts';
import { dynamodbEndpointGateStore } from '../../../lambdas/adapters/dynamodb-endpoint-gate.ts';
import { dynamodbEndpointStore } from '../../../lambdas/adapters/dynamodb-endpoint-store.ts';
import { dynamodbRecordStore } from '../../../lambdas/adapters/dynamodb-record-store.ts';
import { readChatUrl } from '../../../lambdas/adapters/read-chat-url.ts';
import { readSecrets, secretReader } from '../../../lambdas/adapters/read-secrets.ts';
import { secretsManagerSecretStore } from '../../../lambdas/adapters/secrets-manager-secret-store.ts';
import { type DeliveryId, deliveryIdOf, type EndpointId } from '../../../lambdas/core/ids.ts';
import type { Instant } from '../../../lambdas/core/instant.ts';
import type { DeliveryStore } from '../../../lambdas/ports/delivery-store.ts';
import type { SecretStore } from '../../../lambdas/ports/secret-store.ts';
import { clientSettings } from '../../../local/host/local-account.ts';
import { messageIdFor } from '../../builders/versions.ts';
import type { DynamoDbUnderTest } from '../../conformance/dynamodb-under-test.ts';
import { manualClock } from '../../fakes/manual-clock.ts';

/** A relay with real stores. Doorbell calls are recorded. */
export interface OperatedRelay {
  readonly relay: Relay;
  readonly signalled: readonly DeliveryId[];
  /** Called for each doorbell call, in place of `deliver`. */
  onRing: (id: DeliveryId) => Promise<void>;
  /** Adds the delivery of a version of a made-up opportunity. */
  addDelivery(endpointId: EndpointId, version: number, status?: 'pending' | 'held'): Promise<DeliveryId>;
  /** The store through which `deliver` changes deliveries. */
  readonly store: DeliveryStore;
  /**
   * Plays one attempt of a delivery.
   * @param nextAt when the next attempt is due if this one is refused; by default 5 s later
   */
  playAttempt(
    id: DeliveryId,
    outcome: 'delivered' | 'refused' | 'unreachable',
    nextAt?: Instant,
    reason?: string,
  ): Promise<void>;
  /** Makes the item of an endpoint unreadable. */
  spoil(id: EndpointId): Promise<void>;
}

/** Each test has its own stack, because the name of a removed secret stays reserved for days. */
let stacks = 0;

export async function operatedRelay(
  engine: DynamoDbUnderTest,
  secretsManager: SecretsManagerClient,
): Promise<OperatedRelay> {
  stacks += 1;
  const [records, webhooks] = [await engine.emptyRecordTable(), await engine.emptyWebhookTable()];
  const outputs = new Map([
    ['RecordsTableName', records],
    ['WebhooksTableName', webhooks],
    ['EndpointSecretNamePrefix', `Relay${stacks}/endpoints/`],
    ['ClientSecretNamePrefix', `Relay${stacks}/clients/`],
    ['DeliveryQueueUrl', 'http://127.0.0.1:1/delivery'],
    ['KeptQueueUrl', 'http://127.0.0.1:1/kept'],
  ]);
  // An unused address: every call that a test does not replace fails.
  const settings = { ...clientSettings('http://127.0.0.1:1'), maxAttempts: 1 };
  const found = relayOf({ name: 'Relay', outputs }, new CloudFormationClient(settings), settings);
  const client = engine.client();
  const store = dynamodbDeliveryStore(client, webhooks);
  const signalled: DeliveryId[] = [];
  const operated: OperatedRelay = {
    relay: {
      ...found,
      clients: { ...found.clients, dynamodb: client },
      records: dynamodbRecordStore(client, records),
      commandClients: {
        ...dynamodbClientStore(client, webhooks),
        ...dynamodbClientAdmin(client, webhooks),
      },
      endpoints: {
        ...dynamodbEndpointStore(client, webhooks),
        ...dynamodbEndpointAdmin(client, webhooks),
      },
      endpointSet: dynamodbEndpointSet(client, webhooks),
      secrets: secretsManagerSecretAdmin(secretsManager),
      readSecrets: (signer) => readSecrets(secretReader(secretsManager), signer),
      readChatUrl: (channel) => readChatUrl(secretReader(secretsManager), channel),
      gates: dynamodbEndpointGateStore(client, webhooks),
      deliveries: dynamodbDeliveryLog(client, webhooks),
      doorbell: {
        async ring(ids) {
          signalled.push(...ids);
          for (const id of ids) await operated.onRing(id);
        },
      },
    },
    signalled,
    store,
    onRing: async () => undefined,
    async addDelivery(endpointId, number, status) {
      const version = { catalog: 'AWS', kind: 'opportunity', id: 'O1234567', version: number } as const;
      const messageId = messageIdFor(version);
      const id = deliveryIdOf(messageId, endpointId);
      await store.add(
        { id, messageId, endpointId, version, wanted: true },
        `2026-03-01T09:00:0${number}.000Z`,
        status,
      );
      return id;
    },
    async playAttempt(id, outcome, nextAt = '2026-03-01T10:00:11.000Z', reason) {
      const claimed = await store.claim(id, '2026-03-01T10:00:06.000Z', '2026-03-01T10:00:46.000Z');
      if (!claimed) throw new Error(`${id} cannot be claimed`);
      const attempt = {
        number: claimed.attemptNumber,
        startedAt: '2026-03-01T10:00:06.000Z',
        durationMs: 12,
        outcome,
        ...(outcome !== 'unreachable' && {
          status: outcome === 'delivered' ? 200 : 500,
          answer: 'an answer',
        }),
        reason,
      } as const;
      const settlement =
        outcome === 'delivered'
          ? ({ status: 'delivered' } as const)
          : ({ status: 'pending', dueAt: nextAt } as const);
      await store.settle(claimed, attempt, settlement);
    },
    async spoil(id) {
      const Item = toAttributes({ pk: 'endpoint', sk: id, id, url: 42 });
      await client.send(new PutItemCommand({ TableName: webhooks, Item }));
    },
  };
  return operated;
}

/** Reads the current signing secrets without a cache. */
export function uncachedSecretStore(client: SecretsManagerClient): SecretStore {
  return secretsManagerSecretStore(client, manualClock());
}
