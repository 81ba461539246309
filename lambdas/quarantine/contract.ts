import type { Contract } from '../runtime/contract.ts';
import { text } from '../runtime/env.ts';

export const quarantineContract = {
  name: 'quarantine',
  environment: { PARKED_QUEUE_URL: text },
  actions: { parkedQueue: ['sqs:SendMessage'] },
  metrics: ['EventsQuarantined', 'EventsParked'],
} as const satisfies Contract;

export type QuarantineMetric = (typeof quarantineContract.metrics)[number];
