import type { Contract } from '../runtime/contract.ts';
import { text } from '../runtime/env.ts';

export const quarantineContract = {
  name: 'quarantine',
  environment: { CONTROL_TABLE_NAME: text, PARKED_QUEUE_URL: text },
  actions: { control: ['dynamodb:PutItem'], parkedQueue: ['sqs:SendMessage'] },
  partitions: { control: ['detail-type'] },
  metrics: ['EventsQuarantined', 'EventsParked', 'DetailTypesDiscovered'],
} as const satisfies Contract;

export type QuarantineMetric = (typeof quarantineContract.metrics)[number];
