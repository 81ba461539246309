import { longestLeaseMs } from '../core/retry-schedule.ts';
import { oneOf } from '../core/value-schema.ts';
import type { Contract } from '../runtime/contract.ts';
import { listOrNone, positiveNumber, text, textOrNone } from '../runtime/env.ts';

/**
 * Upper limit of `timeoutSeconds` of an endpoint: connecting, sending and receiving the answer
 * together.
 */
export const longestAttemptMs = 30_000;
/**
 * Lease of a claimed delivery, and timeout of the function: four times the longest attempt. A
 * worker ends before another one can claim its delivery.
 */
export const leaseMs = longestLeaseMs;
/** How many times the longest attempt fits into the lease. */
export const leaseAttempts = leaseMs / longestAttemptMs;
/** Shortest timeout of an attempt if time is scaled down, for slow machines. */
export const leastAttemptTimeoutMs = 750;

export const deliverContract = {
  name: 'deliver',
  environment: {
    RECORDS_TABLE_NAME: text,
    WEBHOOKS_TABLE_NAME: text,
    /**
     * The function's own doorbell queue. Retries that are due within 15 minutes are delayed
     * messages.
     */
    QUEUE_URL: text,
    PARKED_QUEUE_URL: text,
    /** Doorbell queue of `fan-out`, for a previous version that is not fanned out yet. */
    FAN_OUT_QUEUE_URL: text,
    /**
     * `public`: HTTPS to public addresses only. `loopback`, for the local stage: also plain HTTP to
     * this machine.
     */
    WEBHOOK_NETWORK: oneOf('public', 'loopback'),
    /** Private networks that may be connected to. */
    ALLOWED_CIDRS: listOrNone,
    /** Authorities in PEM that are trusted for receivers in these networks. */
    CA_CERTIFICATE: textOrNone,
    /** Prefix of the names of the signing secrets. The id of the endpoint follows. */
    SECRET_NAME_PREFIX: text,
    /** How many invocations may send to one endpoint at the same time. */
    SLOTS_PER_ENDPOINT: positiveNumber,
    /** Factor on every delay. 1, except on the local stage. */
    TIME_SCALE: positiveNumber,
  },
  actions: {
    records: ['dynamodb:BatchGetItem', 'dynamodb:BatchWriteItem', 'dynamodb:DeleteItem'],
    webhooks: ['dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    secrets: ['secretsmanager:GetSecretValue'],
    eventBuses: ['events:PutEvents'],
    queue: ['sqs:SendMessage'],
    parkedQueue: ['sqs:SendMessage'],
    fanOutQueue: ['sqs:SendMessage'],
  },
  partitions: {
    records: { 'dynamodb:BatchWriteItem': ['outbox'], 'dynamodb:DeleteItem': ['outbox'] },
    webhooks: ['delivery#*', 'endpoint', 'gate'],
  },
  metrics: [
    'DeliveriesDelivered',
    'DeliveriesRetried',
    'DeliveriesPostponed',
    'DeliveriesUnprepared',
    'DeliveriesExhausted',
    'DeliveriesHeld',
    'DeliveriesSkipped',
    'GapsPassed',
    'SlotsRefused',
    'BreakersOpened',
    'EndpointsDisabled',
    'DoorbellsParked',
    'RowsUnreadable',
  ],
  levels: {
    /**
     * From the event to the 2xx answer, once per delivered message, including the time it was held
     * or parked. Not emitted for replays, samples and reconciled records.
     */
    DeliveryLatency: 'Milliseconds',
  },
} as const satisfies Contract;

export type DeliverMetric = (typeof deliverContract.metrics)[number];
export type DeliverLevel = keyof typeof deliverContract.levels;
