import { enabledActions } from '../core/enabled-actions.ts';
import type { Contract } from '../runtime/contract.ts';
import { positiveNumber, text } from '../runtime/env.ts';

export const doorContract = {
  name: 'door',
  environment: {
    RECORDS_TABLE_NAME: text,
    WEBHOOKS_TABLE_NAME: text,
    /** Doorbell queue of `act`. */
    QUEUE_URL: text,
    /** Prefix of the names of the secrets with which clients sign. */
    CLIENT_SECRET_NAME_PREFIX: text,
    /** What clients may ask for: `<catalog>:<action>`, from the setting `relay:commands`. */
    COMMANDS: enabledActions,
    /** Factor on every delay. 1, except on the local stage. */
    TIME_SCALE: positiveNumber,
  },
  actions: {
    records: ['dynamodb:BatchGetItem', 'dynamodb:BatchWriteItem', 'dynamodb:DeleteItem', 'dynamodb:PutItem'],
    recordIndexes: ['dynamodb:Query'],
    webhooks: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    queue: ['sqs:SendMessage'],
    secrets: ['secretsmanager:GetSecretValue'],
  },
  partitions: {
    records: { 'dynamodb:BatchWriteItem': ['outbox'], 'dynamodb:DeleteItem': ['outbox'] },
    webhooks: {
      'dynamodb:BatchGetItem': ['client', 'line#*'],
      'dynamodb:GetItem': ['client', 'line#*'],
      'dynamodb:PutItem': ['line#*'],
      'dynamodb:UpdateItem': ['line#*', 'request-rate'],
    },
  },
  metrics: ['CommandsAccepted', 'CommandsRefused', 'RequestsThrottled', 'RequestsUnauthorized'],
} as const satisfies Contract;

export type DoorMetric = (typeof doorContract.metrics)[number];
