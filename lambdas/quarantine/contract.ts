import type { Contract } from '../runtime/contract.ts';
import { text } from '../runtime/env.ts';

export const quarantineContract = {
  name: 'quarantine',
  environment: {
    CONTROL_TABLE_NAME: text,
    /** Keeps events until a release can read them. */
    KEPT_QUEUE_URL: text,
    /** For what is not an event. SQS moves what fails again and again there too. */
    PARKED_QUEUE_URL: text,
  },
  actions: {
    control: ['dynamodb:PutItem'],
    keptQueue: ['sqs:SendMessage'],
    parkedQueue: ['sqs:SendMessage'],
  },
  partitions: { control: ['detail-type'] },
  metrics: ['EventsQuarantined', 'EventsParked', 'DetailTypesDiscovered'],
} as const satisfies Contract;

export type QuarantineMetric = (typeof quarantineContract.metrics)[number];
