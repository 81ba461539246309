import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
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
import { readEnv } from '../runtime/env.ts';
import { observed } from '../runtime/handler.ts';
import { eachRing } from '../runtime/sqs-batch.ts';
import { attemptTimeoutMs, deliverContract as contract, leaseMs } from './contract.ts';
import { deliver } from './deliver.ts';

const env = readEnv(contract.environment, process.env);
const dynamodb = new DynamoDBClient();
const sqs = new SQSClient();
const parts = {
  deliveries: dynamodbDeliveryStore(dynamodb, env.WEBHOOKS_TABLE_NAME),
  endpoints: dynamodbEndpointStore(dynamodb, env.WEBHOOKS_TABLE_NAME),
  records: dynamodbRecordStore(dynamodb, env.RECORDS_TABLE_NAME),
  secrets: secretsManagerSecretStore(new SecretsManagerClient(), systemClock),
  transport: httpsWebhookTransport({ network: env.WEBHOOK_NETWORK, timeoutMs: attemptTimeoutMs }),
  doorbell: sqsDeliveryDoorbell(sqs, env.QUEUE_URL),
  parked: sqsParkedQueue(sqs, env.PARKED_QUEUE_URL),
  clock: systemClock,
  random: systemRandom,
  leaseMs,
  timeScale: env.TIME_SCALE,
};

export const handler = observed(contract, (event: SQSEvent, { log, metrics }) => {
  const ringing = { parked: parts.parked, log, countParked: () => metrics.count('DoorbellsParked') };
  return eachRing(event, ringing, parseDeliveryRing, (ring) => deliver(ring, { ...parts, log, metrics }));
});
