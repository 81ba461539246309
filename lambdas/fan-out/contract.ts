import type { Contract } from '../runtime/contract.ts';
import { positiveNumber, text } from '../runtime/env.ts';

export const fanOutContract = {
  name: 'fan-out',
  environment: {
    RECORDS_TABLE_NAME: text,
    WEBHOOKS_TABLE_NAME: text,
    DELIVERY_QUEUE_URL: text,
    /** Parked queue of its doorbell queue, for messages that do not name a version. */
    PARKED_QUEUE_URL: text,
    /** Factor on every delay. 1, except on the local stage. */
    TIME_SCALE: positiveNumber,
  },
  actions: {
    records: [
      'dynamodb:BatchGetItem',
      'dynamodb:BatchWriteItem',
      'dynamodb:DeleteItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    ],
    webhooks: ['dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
    deliveryQueue: ['sqs:SendMessage'],
    parkedQueue: ['sqs:SendMessage'],
  },
  partitions: {
    records: { 'dynamodb:BatchWriteItem': ['outbox'], 'dynamodb:DeleteItem': ['outbox', 'parts/*'] },
    webhooks: ['delivery#*', 'endpoint'],
  },
  metrics: ['VersionsFannedOut', 'DeliveriesAdded', 'VersionsRedacted', 'DoorbellsParked', 'RowsUnreadable'],
} as const satisfies Contract;

export type FanOutMetric = (typeof fanOutContract.metrics)[number];
