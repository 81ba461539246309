import {
  engagementDetailTypes,
  invitationDetailTypes,
  opportunityDetailTypes,
} from '../core/partner-event.ts';
import type { Contract } from '../runtime/contract.ts';
import { notNegative, oneOf, positiveNumber, text } from '../runtime/env.ts';

export { partnerCentralSource } from '../core/partner-event.ts';
export { controlTable, recordTable } from '../core/tables.ts';

/** An event's time is cut to the second: the change may have come up to a second after it. */
export const eventResolutionSeconds = 1;

const environment = {
  RECORDS_TABLE_NAME: text,
  CONTROL_TABLE_NAME: text,
  /** The queue it works from: work that cannot run now is sent there again. */
  QUEUE_URL: text,
  PARKED_QUEUE_URL: text,
  /** How long after a change a read surely shows it. The queue delays every event by as much, and by the second that its time is cut to. */
  SETTLE_SECONDS: notNegative,
  /** What the account may read of Partner Central: the limits of Service Quotas. */
  READS_PER_SECOND: positiveNumber,
  READS_PER_DAY: positiveNumber,
  /** Factor on every delay; 1 everywhere but on the local stage. */
  TIME_SCALE: positiveNumber,
} as const;

const storage = {
  records: ['dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
  control: ['dynamodb:GetItem', 'dynamodb:PutItem'],
  queue: ['sqs:SendMessage'],
  parkedQueue: ['sqs:SendMessage'],
} as const;

/** Outcomes of hydration: what an event came to. */
export const hydrateMetrics = [
  'RecordsStored',
  'RecordsUnchanged',
  'RecordsStale',
  'RecordsRepaired',
  'ReadsSpent',
  'ReadsWaiting',
  'ReadsThrottled',
  'EventsPostponed',
  'EventsParked',
  'FindingsRefused',
] as const;
export type HydrateMetric = (typeof hydrateMetrics)[number];

export const hydrateLevels = {
  /** Reads of Partner Central that the whole stack made in the last 24 hours. */
  ReadsUsedOfDay: 'Count',
  /** Once a batch: the age of the oldest of AWS's own events in it. What reconcile found does not count. */
  OldestEventAge: 'Seconds',
} as const;
export type HydrateLevel = keyof typeof hydrateLevels;

export const hydrateOpportunityContract = {
  name: 'hydrate-opportunity',
  detailTypes: opportunityDetailTypes,
  environment,
  actions: {
    ...storage,
    opportunities: ['partnercentral:GetOpportunity', 'partnercentral:GetAwsOpportunitySummary'],
    lists: ['partnercentral:ListSolutions'],
  },
  metrics: hydrateMetrics,
  levels: hydrateLevels,
} as const satisfies Contract & { detailTypes: readonly string[] };

export const hydrateInvitationContract = {
  name: 'hydrate-invitation',
  detailTypes: invitationDetailTypes,
  environment: {
    ...environment,
    /** Whether an invitation that was taken away loses its sensitive members. */
    REJECTED_INVITATIONS: oneOf('keep', 'redact'),
  },
  actions: {
    ...storage,
    recordIndexes: ['dynamodb:Query'],
    invitations: ['partnercentral:GetEngagementInvitation'],
    lists: ['partnercentral:ListEngagementByAcceptingInvitationTasks'],
  },
  metrics: hydrateMetrics,
  levels: hydrateLevels,
} as const satisfies Contract & { detailTypes: readonly string[] };

export const hydrateEngagementContract = {
  name: 'hydrate-engagement',
  detailTypes: engagementDetailTypes,
  environment,
  actions: {
    ...storage,
    recordIndexes: ['dynamodb:Query'],
    engagements: ['partnercentral:GetEngagement', 'partnercentral:ListEngagementMembers'],
  },
  metrics: hydrateMetrics,
  levels: hydrateLevels,
} as const satisfies Contract & { detailTypes: readonly string[] };
