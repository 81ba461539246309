import type { Contract } from '../runtime/contract.ts';
import { positiveNumber, text } from '../runtime/env.ts';

export const sweepContract = {
  name: 'sweep',
  environment: {
    RECORDS_TABLE_NAME: text,
    WEBHOOKS_TABLE_NAME: text,
    FAN_OUT_QUEUE_URL: text,
    DELIVERY_QUEUE_URL: text,
    /** Factor on every delay; 1 everywhere but on the local stage. */
    TIME_SCALE: positiveNumber,
  },
  actions: {
    recordIndexes: ['dynamodb:Query'],
    webhookIndexes: ['dynamodb:Query'],
    fanOutQueue: ['sqs:SendMessage'],
    deliveryQueue: ['sqs:SendMessage'],
  },
  metrics: ['VersionsRungAgain', 'DeliveriesRungAgain'],
  levels: {
    /** How far the oldest version that was found is past its due time; 0 where none is due. */
    OldestVersionOverdue: 'Seconds',
    /** The same of deliveries. */
    OldestDeliveryOverdue: 'Seconds',
  },
} as const satisfies Contract;

export type SweepMetric = (typeof sweepContract.metrics)[number];
export type SweepLevel = keyof typeof sweepContract.levels;
