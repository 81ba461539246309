import type { Contract } from '../runtime/contract.ts';
import { positiveNumber, text, textOrNone } from '../runtime/env.ts';

export const sweepContract = {
  name: 'sweep',
  environment: {
    RECORDS_TABLE_NAME: text,
    WEBHOOKS_TABLE_NAME: text,
    FAN_OUT_QUEUE_URL: text,
    DELIVERY_QUEUE_URL: text,
    /** `none` if the deployment takes no commands. */
    ACT_QUEUE_URL: textOrNone,
    /** Factor on every delay. 1, except on the local stage. */
    TIME_SCALE: positiveNumber,
  },
  actions: {
    /** The intents. */
    records: ['dynamodb:Query'],
    recordIndexes: ['dynamodb:Query'],
    webhookIndexes: ['dynamodb:Query'],
    fanOutQueue: ['sqs:SendMessage'],
    deliveryQueue: ['sqs:SendMessage'],
    actQueue: ['sqs:SendMessage'],
  },
  partitions: { records: ['outbox'] },
  metrics: ['VersionsSignalledAgain', 'DeliveriesSignalledAgain', 'LinesSignalledAgain'],
  levels: {
    /** How long the oldest due version, delivery or line has been due, if it is late. */
    OldestWorkAge: 'Seconds',
  },
} as const satisfies Contract;

export type SweepMetric = (typeof sweepContract.metrics)[number];
export type SweepLevel = keyof typeof sweepContract.levels;
