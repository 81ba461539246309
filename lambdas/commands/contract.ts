import { enabledActions } from '../core/enabled-actions.ts';
import type { Contract } from '../runtime/contract.ts';
import { positiveNumber, text } from '../runtime/env.ts';

export const commandsContract = {
  name: 'commands',
  environment: {
    RECORDS_TABLE_NAME: text,
    WEBHOOKS_TABLE_NAME: text,
    /** Doorbell queue of `act`. */
    QUEUE_URL: text,
    /** What clients may ask for: `<catalog>:<action>`, from the setting `relay:commands`. */
    COMMANDS: enabledActions,
    /** Factor on every delay. 1, except on the local stage. */
    TIME_SCALE: positiveNumber,
  },
  actions: {
    records: ['dynamodb:BatchGetItem', 'dynamodb:BatchWriteItem', 'dynamodb:DeleteItem', 'dynamodb:PutItem'],
    recordIndexes: ['dynamodb:Query'],
    webhooks: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    queue: ['sqs:SendMessage'],
  },
  partitions: {
    records: { 'dynamodb:BatchWriteItem': ['outbox'], 'dynamodb:DeleteItem': ['outbox'] },
    webhooks: ['line#*'],
  },
  metrics: ['CommandsAccepted', 'CommandsRefused'],
} as const satisfies Contract;

export type CommandsMetric = (typeof commandsContract.metrics)[number];
