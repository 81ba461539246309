import type { Contract } from '../runtime/contract.ts';
import { oneOf, positiveNumber, text } from '../runtime/env.ts';

/** Of one attempt: connecting, sending and the answer together. */
export const attemptTimeoutMs = 15_000;
/** A lease, in attempts. */
export const leaseAttempts = 4;
/**
 * How long a claimed delivery is left alone: four times the longest attempt, and the function's own timeout, so that
 * whoever claims it next never meets the worker before.
 */
export const leaseMs = leaseAttempts * attemptTimeoutMs;
/** Where time is scaled down, an attempt keeps as much as a busy machine needs to make it. */
export const leastAttemptTimeoutMs = 750;

export const deliverContract = {
  name: 'deliver',
  environment: {
    RECORDS_TABLE_NAME: text,
    WEBHOOKS_TABLE_NAME: text,
    /** Its own doorbell queue: a retry that is due within 15 minutes rings there by itself. */
    QUEUE_URL: text,
    PARKED_QUEUE_URL: text,
    /** `public`: HTTPS to public addresses only. `loopback`: also plain HTTP to this machine; the local stage alone gives it. */
    WEBHOOK_NETWORK: oneOf('public', 'loopback'),
    /** Factor on every delay; 1 everywhere but on the local stage. */
    TIME_SCALE: positiveNumber,
  },
  actions: {
    records: ['dynamodb:GetItem'],
    webhooks: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
    secrets: ['secretsmanager:GetSecretValue'],
    queue: ['sqs:SendMessage'],
    parkedQueue: ['sqs:SendMessage'],
  },
  metrics: [
    'DeliveriesDelivered',
    'DeliveriesRetried',
    'DeliveriesPostponed',
    'DeliveriesExhausted',
    'EndpointsDisabled',
    'DoorbellsParked',
  ],
} as const satisfies Contract;

export type DeliverMetric = (typeof deliverContract.metrics)[number];
