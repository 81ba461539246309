import { Duration, Stack } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import {
  eventResolutionSeconds,
  hydrateInvitationContract,
  hydrateOpportunityContract,
} from '../../lambdas/hydrate/contract.ts';
import { type Catalog, partnerCentralRegion } from '../config.ts';
import { GuardedQueue, poisonIsParked } from './guarded-queue.ts';
import {
  type FunctionDefaults,
  type Scope,
  ServiceFunction,
  type ServiceFunctionProps,
} from './service-function.ts';

export interface HydrationProps {
  readonly records: ITableV2;
  readonly catalogs: readonly Catalog[];
  /** How long an event waits before Partner Central is read. */
  readonly settle: Duration;
  readonly functions: FunctionDefaults;
}

const timeout = Duration.minutes(1);

/** Long enough that the events of one change, which come within a second or two, are read together, once. */
const batchingWindow = Duration.seconds(2);
const batchSize = 50;

/**
 * The read quota is one for the whole account, 10 a second: two invocations of a function come near it by themselves,
 * and more would only be throttled. It is also the least that Lambda allows.
 */
const maxConcurrency = 2;

/** From a queue per concern to the Records table: a burst of opportunities never delays an invitation that expires. */
export class Hydration extends Construct {
  readonly opportunities: GuardedQueue;
  readonly invitations: GuardedQueue;

  constructor(scope: Construct, id: string, props: HydrationProps) {
    super(scope, id);
    const { account } = Stack.of(this);
    this.opportunities = this.queue('Opportunities', props);
    const opportunity = new ServiceFunction(this, 'HydrateOpportunity', {
      contract: hydrateOpportunityContract,
      ...work(this.opportunities, props),
      grants: {
        ...storage(this.opportunities, props),
        opportunities: inCatalogs(props.catalogs, (catalog) =>
          partnerCentralArn(account, catalog, 'opportunity'),
        ),
      },
    });
    this.invitations = this.queue('Invitations', props);
    const invitation = new ServiceFunction(this, 'HydrateInvitation', {
      contract: hydrateInvitationContract,
      ...work(this.invitations, props),
      grants: {
        ...storage(this.invitations, props),
        // Engagements and their invitations belong to no single account.
        invitations: inCatalogs(props.catalogs, (catalog) =>
          partnerCentralArn('', catalog, 'engagement-invitation'),
        ),
      },
    });
    opportunity.addEventSource(hydrationSource(this.opportunities), poisonIsParked);
    invitation.addEventSource(hydrationSource(this.invitations), poisonIsParked);
  }

  private queue(id: string, { settle }: HydrationProps): GuardedQueue {
    // One second more than it takes to settle, because an event's time is cut to the second: by then one read shows what
    // every event of that second told, and the others need none.
    const deliveryDelay = settle.plus(Duration.seconds(eventResolutionSeconds));
    return new GuardedQueue(this, id, { functionTimeout: timeout, batchingWindow, deliveryDelay });
  }
}

/** But for what they read in Partner Central, both functions ask for the same. */
type HydratingProps = ServiceFunctionProps<typeof hydrateOpportunityContract>;

/** What both functions are given, each with the queue of its own concern. */
function work(
  { queue, parked }: GuardedQueue,
  { records, settle, functions }: HydrationProps,
): Omit<HydratingProps, 'contract' | 'grants'> {
  return {
    defaults: functions,
    environment: {
      RECORDS_TABLE_NAME: records.tableName,
      QUEUE_URL: queue.queueUrl,
      PARKED_QUEUE_URL: parked.queueUrl,
      SETTLE_SECONDS: String(settle.toSeconds()),
      TIME_SCALE: '1',
    },
    timeout,
    // Work that must wait for Partner Central goes round by way of its own queue, for a day if need be.
    sendsAgain: true,
    memoryMb: 512,
  };
}

function storage(
  { queue, parked }: GuardedQueue,
  { records }: HydrationProps,
): Omit<HydratingProps['grants'], 'opportunities'> {
  return {
    records: { arns: [records.tableArn] },
    queue: { arns: [queue.queueArn] },
    parkedQueue: { arns: [parked.queueArn] },
  };
}

function hydrationSource({ queue }: GuardedQueue): SqsEventSource {
  return new SqsEventSource(queue, {
    batchSize,
    maxBatchingWindow: batchingWindow,
    maxConcurrency,
    reportBatchItemFailures: true,
  });
}

function inCatalogs(catalogs: readonly Catalog[], arnOf: (catalog: Catalog) => string): Scope {
  return {
    arns: catalogs.map(arnOf),
    conditions: { StringEquals: { 'partnercentral:Catalog': catalogs } },
    wildcardReason: 'Any record of the configured catalogs may be the next one that an event names',
  };
}

function partnerCentralArn(account: string, catalog: Catalog, type: string): string {
  return `arn:aws:partnercentral:${partnerCentralRegion}:${account}:catalog/${catalog}/${type}/*`;
}
