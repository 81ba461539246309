import type { SQSEvent } from 'aws-lambda';
import { dynamodbClient, secretsManagerClient, sqsClient } from '../adapters/aws-clients.ts';
import { dynamodbDeliveryStore } from '../adapters/dynamodb-delivery-store.ts';
import { dynamodbEndpointGateStore } from '../adapters/dynamodb-endpoint-gate.ts';
import { dynamodbEndpointStore } from '../adapters/dynamodb-endpoint-store.ts';
import { dynamodbRecordStore } from '../adapters/dynamodb-record-store.ts';
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
import { eachRing, ringsIn } from '../runtime/sqs-batch.ts';
import { deliverBatch } from './batch.ts';
import { deliverContract, leaseAttempts, leastAttemptTimeoutMs, longestAttemptMs } from './contract.ts';

export const handler = lambdaHandler(deliverContract, ({ env, log, metrics }) => {
  const timeScale = env.TIME_SCALE;
  const leaseMs = leaseAttempts * Math.max(longestAttemptMs * timeScale, leastAttemptTimeoutMs);
  const dynamodb = dynamodbClient();
  const sqs = sqsClient();
  const parts = {
    deliveries: dynamodbDeliveryStore(dynamodb, env.WEBHOOKS_TABLE_NAME),
    endpoints: dynamodbEndpointStore(dynamodb, env.WEBHOOKS_TABLE_NAME),
    gates: dynamodbEndpointGateStore(dynamodb, env.WEBHOOKS_TABLE_NAME),
    records: dynamodbRecordStore(dynamodb, env.RECORDS_TABLE_NAME),
    secrets: secretsManagerSecretStore(secretsManagerClient(), systemClock),
    transport: httpsWebhookTransport({ network: env.WEBHOOK_NETWORK, allowedCidrs: env.ALLOWED_CIDRS }),
    eventBus: eventBridgeEventBus(),
    doorbell: sqsDeliveryDoorbell(sqs, env.QUEUE_URL),
    fanOutDoorbell: sqsFanOutDoorbell(sqs, env.FAN_OUT_QUEUE_URL),
    parked: sqsParkedQueue(sqs, env.PARKED_QUEUE_URL),
    clock: systemClock,
    random: systemRandom,
    // An environment of Lambda runs one invocation at a time.
    worker: `${deliverContract.name}-${systemRandom.next()}`,
    policy: { slots: env.SLOTS_PER_ENDPOINT, leaseMs, timeScale },
    leaseMs,
    timeScale,
    log,
    metrics,
  };
  return async (event: SQSEvent) => {
    const endpointNow = (id: EndpointId) => parts.endpoints.find(id);
    // The endpoint of ten messages is often one: it is read once a batch.
    const endpoints = { ...parts.endpoints, find: memoize(endpointNow) };
    const failures = await deliverBatch(ringsIn(event, parseDeliveryDoorbell), {
      ...parts,
      endpoints,
      endpointNow,
    });
    return eachRing(
      event,
      { parked: parts.parked, log, metrics },
      parseDeliveryDoorbell,
      async ({ deliveryId }) => {
        if (failures.has(deliveryId)) throw failures.get(deliveryId);
      },
      // Until it is revived the delivery is exhausted, and parked no more.
      ({ revive }) => revive,
    );
  };
});
