import type { SQSEvent } from 'aws-lambda';
import { dynamodbClient, secretsManagerClient, sqsClient } from '../adapters/aws-clients.ts';
import { dynamodbDeliveryStore } from '../adapters/dynamodb-delivery-store.ts';
import { dynamodbEndpointStore } from '../adapters/dynamodb-endpoint-store.ts';
import { dynamodbRecordStore } from '../adapters/dynamodb-record-store.ts';
import { httpsWebhookTransport } from '../adapters/https-webhook-transport.ts';
import { secretsManagerSecretStore } from '../adapters/secrets-manager-secret-store.ts';
import { sqsDeliveryDoorbell } from '../adapters/sqs-doorbell.ts';
import { sqsParkedQueue } from '../adapters/sqs-work-queue.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { systemRandom } from '../adapters/system-random.ts';
import { parseDeliveryRing } from '../core/doorbell-body.ts';
import type { EndpointId } from '../core/ids.ts';
import { readEnv } from '../runtime/env.ts';
import { observed } from '../runtime/observed.ts';
import { remembering } from '../runtime/remembering.ts';
import { eachRing } from '../runtime/sqs-batch.ts';
import {
  attemptTimeoutMs,
  deliverContract as contract,
  leaseAttempts,
  leastAttemptTimeoutMs,
} from './contract.ts';
import { deliver } from './deliver.ts';

const env = readEnv(contract.environment, process.env);
const timeoutMs = Math.max(attemptTimeoutMs * env.TIME_SCALE, leastAttemptTimeoutMs);
const dynamodb = dynamodbClient();
const sqs = sqsClient();
const parts = {
  deliveries: dynamodbDeliveryStore(dynamodb, env.WEBHOOKS_TABLE_NAME),
  endpoints: dynamodbEndpointStore(dynamodb, env.WEBHOOKS_TABLE_NAME),
  records: dynamodbRecordStore(dynamodb, env.RECORDS_TABLE_NAME),
  secrets: secretsManagerSecretStore(secretsManagerClient(), systemClock),
  transport: httpsWebhookTransport({ network: env.WEBHOOK_NETWORK, timeoutMs }),
  doorbell: sqsDeliveryDoorbell(sqs, env.QUEUE_URL),
  parked: sqsParkedQueue(sqs, env.PARKED_QUEUE_URL),
  clock: systemClock,
  random: systemRandom,
  leaseMs: leaseAttempts * timeoutMs,
  timeScale: env.TIME_SCALE,
};

export const handler = observed(contract, (event: SQSEvent, { log, metrics }) => {
  // The endpoint of ten messages is often one: it is read once a batch.
  const endpoints = { ...parts.endpoints, find: remembering((id: EndpointId) => parts.endpoints.find(id)) };
  const ringing = { parked: parts.parked, log, metrics };
  return eachRing(event, ringing, parseDeliveryRing, (ring) =>
    deliver(ring, { ...parts, endpoints, log, metrics }),
  );
});
