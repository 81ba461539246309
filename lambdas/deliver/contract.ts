import { longestLeaseMs } from '../core/retry-schedule.ts';
import { oneOf } from '../core/value-schema.ts';
import type { Contract } from '../runtime/contract.ts';
import { listOrNone, positiveNumber, text } from '../runtime/env.ts';

/** The longest that an endpoint may ask for one attempt: connecting, sending and the answer together. */
export const longestAttemptMs = 30_000;
/**
 * How long a claimed delivery is left alone: four times the longest attempt, and the function's own timeout, so that
 * whoever claims it next never meets the worker before.
 */
export const leaseMs = longestLeaseMs;
/** A lease, in attempts. */
export const leaseAttempts = leaseMs / longestAttemptMs;
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
    /** Rung for a version that another one must wait for and that was not fanned out yet. */
    FAN_OUT_QUEUE_URL: text,
    /** `public`: HTTPS to public addresses only. `loopback`: also plain HTTP to this machine; the local stage alone gives it. */
    WEBHOOK_NETWORK: oneOf('public', 'loopback'),
    /** Private networks whose receivers are connected to as public ones are. */
    ALLOWED_CIDRS: listOrNone,
    /** Invocations that may work for one endpoint at the same time. */
    SLOTS_PER_ENDPOINT: positiveNumber,
    /** Factor on every delay; 1 everywhere but on the local stage. */
    TIME_SCALE: positiveNumber,
  },
  actions: {
    records: ['dynamodb:BatchGetItem', 'dynamodb:GetItem'],
    webhooks: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    secrets: ['secretsmanager:GetSecretValue'],
    eventBuses: ['events:PutEvents'],
    queue: ['sqs:SendMessage'],
    parkedQueue: ['sqs:SendMessage'],
    fanOutQueue: ['sqs:SendMessage'],
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
  ],
  levels: {
    /** From the event to the 2xx, once a delivered message, with the time it was held or parked: not of replays, of samples, nor of what reconcile found. */
    DeliveryLatency: 'Milliseconds',
  },
} as const satisfies Contract;

export type DeliverMetric = (typeof deliverContract.metrics)[number];
export type DeliverLevel = keyof typeof deliverContract.levels;
