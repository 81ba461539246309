import type { SQSEvent } from 'aws-lambda';
import { dynamodbClient, secretsManagerClient, sqsClient } from '../adapters/aws-clients.ts';
import { dynamodbDeliveryStore } from '../adapters/dynamodb-delivery-store.ts';
import { dynamodbEndpointGateStore } from '../adapters/dynamodb-endpoint-gate.ts';
import { dynamodbEndpointStore } from '../adapters/dynamodb-endpoint-store.ts';
import { dynamodbRecordReader } from '../adapters/dynamodb-record-reader.ts';
import { eventBridgeEventBus } from '../adapters/eventbridge-event-bus.ts';
import { httpsWebhookTransport } from '../adapters/https-webhook-transport.ts';
import { secretsManagerSecretStore } from '../adapters/secrets-manager-secret-store.ts';
import { sqsDeliveryDoorbell, sqsFanOutDoorbell } from '../adapters/sqs-doorbell.ts';
import { sqsParkedQueue } from '../adapters/sqs-work-queue.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { systemRandom } from '../adapters/system-random.ts';
import { parseDeliveryDoorbell } from '../core/doorbell-body.ts';
import type { EndpointId } from '../core/ids.ts';
import { lambdaHandler } from '../runtime/lambda-handler.ts';
import { memoize } from '../runtime/memoize.ts';
import { answerDoorbells } from '../runtime/sqs-batch.ts';
import { deliverBatch } from './batch.ts';
import { deliverContract, leaseAttempts, leastAttemptTimeoutMs, longestAttemptMs } from './contract.ts';

export const handler = lambdaHandler(deliverContract, ({ env, log, metrics }) => {
  const timeScale = env.TIME_SCALE;
  const leaseMs = leaseAttempts * Math.max(longestAttemptMs * timeScale, leastAttemptTimeoutMs);
  const dynamodb = dynamodbClient();
  const sqs = sqsClient();
  const endpoints = dynamodbEndpointStore(dynamodb, env.WEBHOOKS_TABLE_NAME);
  const parts = {
    deliveries: dynamodbDeliveryStore(dynamodb, env.WEBHOOKS_TABLE_NAME),
    readEndpoint: (id: EndpointId) => endpoints.find(id),
    gates: dynamodbEndpointGateStore(dynamodb, env.WEBHOOKS_TABLE_NAME),
    records: dynamodbRecordReader(dynamodb, env.RECORDS_TABLE_NAME),
    secrets: secretsManagerSecretStore(
      secretsManagerClient(),
      systemClock,
      ({ endpointId, stage, error }) => {
        if (stage === 'AWSCURRENT') metrics.count('DeliveriesUnprepared');
        log.warn('secret.degraded', { endpointId, stage, error });
      },
    ),
    transport: httpsWebhookTransport({
      network: env.WEBHOOK_NETWORK,
      allowedCidrs: env.ALLOWED_CIDRS,
      caCertificate: env.CA_CERTIFICATE,
    }),
    eventBus: eventBridgeEventBus(),
    doorbell: sqsDeliveryDoorbell(sqs, env.QUEUE_URL),
    fanOutDoorbell: sqsFanOutDoorbell(sqs, env.FAN_OUT_QUEUE_URL),
    parked: sqsParkedQueue(sqs, env.PARKED_QUEUE_URL),
    clock: systemClock,
    random: systemRandom,
    // A Lambda execution environment runs one invocation at a time.
    worker: `${deliverContract.name}-${systemRandom.next()}`,
    slotsPerEndpoint: env.SLOTS_PER_ENDPOINT,
    leaseMs,
    timeScale,
    log,
    metrics,
  };
  return (event: SQSEvent) => {
    // Ten messages often have the same endpoint: it is read once per batch.
    const deps = {
      ...parts,
      endpoints: { ...endpoints, find: memoize((id: EndpointId) => endpoints.find(id)) },
    };
    return answerDoorbells(event, deps, {
      parse: parseDeliveryDoorbell,
      work: (messages) => deliverBatch(messages, deps),
      // Until it is revived, the delivery is exhausted, and its message has left the parked queue.
      mustKeep: ({ revive }) => revive,
    });
  };
});
