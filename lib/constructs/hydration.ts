import { Duration } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import {
  eventResolutionSeconds,
  hydrateEngagementContract,
  hydrateInvitationContract,
  hydrateOpportunityContract,
} from '../../lambdas/hydrate/contract.ts';
import { shareConcurrency } from '../concurrency.ts';
import type { RelayConfig } from '../config.ts';
import type { GrantScope } from './grant-scope.ts';
import { type LineSignals, lineSignalProps } from './line-signals.ts';
import { catalogScope } from './partner-central-scope.ts';
import { recordIndexScope } from './record-store.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';
import { noDestinationReason, WorkQueue } from './work-queue.ts';

export interface HydrationProps {
  readonly records: ITableV2;
  readonly control: ITableV2;
  /** Undefined if the stack takes no commands. */
  readonly lines: LineSignals | undefined;
  readonly config: RelayConfig;
  readonly functions: FunctionDefaults;
}

const timeout = Duration.minutes(1);

/** Events of one change arrive within 2 seconds, so one batch reads their record once. */
const batchingWindow = Duration.seconds(2);
const batchSize = 50;

type HydrateContract =
  | typeof hydrateOpportunityContract
  | typeof hydrateInvitationContract
  | typeof hydrateEngagementContract;

/**
 * Reads from Partner Central what events name, and stores it in the Records table. Each kind of
 * record has its own queue, so a burst of opportunities never delays an invitation that expires.
 */
export class Hydration extends Construct {
  readonly opportunities: WorkQueue;
  readonly invitations: WorkQueue;
  readonly engagements: WorkQueue;
  readonly functions: readonly ServiceFunction<HydrateContract>[];
  /** The function whose metrics stand for those of all three: a stack has one metric of a name. */
  readonly opportunity: ServiceFunction<HydrateContract>;
  readonly #props: HydrationProps;

  constructor(scope: Construct, id: string, props: HydrationProps) {
    super(scope, id);
    this.#props = props;
    const { catalogs, rejectedInvitations } = props.config;
    const reads = catalogScope(catalogs);
    const lines = lineSignalProps(props.lines);
    const readGrants = { opportunities: reads, lists: reads };
    this.opportunities = this.addQueue('Opportunities');
    const opportunity = new ServiceFunction(this, 'HydrateOpportunity', {
      contract: hydrateOpportunityContract,
      ...this.commonProps(),
      commonEnvironment: { ...this.environment(this.opportunities), ...lines.environment },
      grants: { ...this.commonGrants(this.opportunities), ...lines.grants, ...readGrants },
    });
    this.invitations = this.addQueue('Invitations');
    const invitation = new ServiceFunction(this, 'HydrateInvitation', {
      contract: hydrateInvitationContract,
      ...this.commonProps(),
      commonEnvironment: { ...this.environment(this.invitations), REJECTED_INVITATIONS: rejectedInvitations },
      grants: {
        ...this.commonGrants(this.invitations),
        recordIndexes: recordIndexScope(props.records, 'recordsByEngagement', 'recordsByCustomer'),
        invitations: reads,
        lists: reads,
      },
    });
    this.engagements = this.addQueue('Engagements');
    const engagement = new ServiceFunction(this, 'HydrateEngagement', {
      contract: hydrateEngagementContract,
      ...this.commonProps(),
      commonEnvironment: this.environment(this.engagements),
      grants: {
        ...this.commonGrants(this.engagements),
        recordIndexes: recordIndexScope(props.records, 'recordsByEngagement'),
        engagements: reads,
      },
    });
    const { hydrate } = shareConcurrency(props.config.concurrency);
    opportunity.addEventSource(createEventSource(this.opportunities, hydrate), noDestinationReason);
    invitation.addEventSource(createEventSource(this.invitations, hydrate), noDestinationReason);
    engagement.addEventSource(createEventSource(this.engagements, hydrate), noDestinationReason);
    this.functions = [opportunity, invitation, engagement];
    this.opportunity = opportunity;
  }

  private addQueue(id: string): WorkQueue {
    // EventBridge cuts the time of an event to the second. After one second more than
    // `settleSeconds`, a single read returns the changes of every event of that second.
    const { key } = this.#props.functions;
    const deliveryDelay = Duration.seconds(this.#props.config.settleSeconds + eventResolutionSeconds);
    return new WorkQueue(this, id, { functionTimeout: timeout, batchingWindow, deliveryDelay, key });
  }

  /** Props that all three functions share. */
  private commonProps() {
    return {
      defaults: this.#props.functions,
      timeout,
      // Work that waits for the read quota is sent back to its own queue, for a day if necessary.
      sendsToOwnQueue: true,
      memoryMb: 512,
    };
  }

  private environment({ queue, parked }: WorkQueue) {
    const { records, control, config } = this.#props;
    return {
      RECORDS_TABLE_NAME: records.tableName,
      CONTROL_TABLE_NAME: control.tableName,
      QUEUE_URL: queue.queueUrl,
      PARKED_QUEUE_URL: parked.queueUrl,
      SETTLE_SECONDS: String(config.settleSeconds),
      READS_PER_SECOND: String(config.readsPerSecond),
      READS_PER_DAY: String(config.readsPerDay),
      TIME_SCALE: '1',
    };
  }

  private commonGrants({ queue, parked }: WorkQueue) {
    const { records, control } = this.#props;
    return {
      records: { arns: [records.tableArn] },
      control: { arns: [control.tableArn] },
      queue: { arns: [queue.queueArn] },
      parkedQueue: { arns: [parked.queueArn] },
    } satisfies Record<string, GrantScope>;
  }
}

function createEventSource({ queue }: WorkQueue, maxConcurrency: number): SqsEventSource {
  return new SqsEventSource(queue, {
    batchSize,
    maxBatchingWindow: batchingWindow,
    maxConcurrency,
    reportBatchItemFailures: true,
  });
}
