import { Duration } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import {
  hydrateEngagementContract,
  hydrateInvitationContract,
  hydrateOpportunityContract,
} from '../../lambdas/hydrate/contract.ts';
import { shareConcurrency } from '../concurrency.ts';
import type { RelayConfig } from '../config.ts';
import type { GrantScope } from './grant-scope.ts';
import { type HydrationTiming, hydrationTiming } from './hydration-timing.ts';
import { type LineSignals, lineReadProps, lineSignalProps } from './line-signals.ts';
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
  readonly #timing: HydrationTiming;

  constructor(scope: Construct, id: string, props: HydrationProps) {
    super(scope, id);
    this.#props = props;
    this.#timing = hydrationTiming(props.config);
    const rejected = { REJECTED_INVITATIONS: props.config.rejectedInvitations };
    const reads = catalogScope(props.config.catalogs);
    const lines = lineSignalProps(props.lines);
    const lineReads = lineReadProps(props.lines);
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
      commonEnvironment: { ...this.environment(this.invitations), ...lineReads.environment, ...rejected },
      grants: {
        ...this.commonGrants(this.invitations),
        ...lineReads.grants,
        recordIndexes: recordIndexScope(props.records, 'recordsByEngagement', 'recordsByCustomer'),
        invitations: reads,
        lists: reads,
      },
    });
    this.engagements = this.addQueue('Engagements');
    const engagement = new ServiceFunction(this, 'HydrateEngagement', {
      contract: hydrateEngagementContract,
      ...this.commonProps(),
      commonEnvironment: { ...this.environment(this.engagements), ...lineReads.environment },
      grants: {
        ...this.commonGrants(this.engagements),
        ...lineReads.grants,
        recordIndexes: recordIndexScope(props.records, 'recordsByEngagement'),
        engagements: reads,
      },
    });
    const { hydrate } = shareConcurrency(props.config.concurrency);
    opportunity.addEventSource(this.eventSource(this.opportunities, hydrate), noDestinationReason);
    invitation.addEventSource(this.eventSource(this.invitations, hydrate), noDestinationReason);
    engagement.addEventSource(this.eventSource(this.engagements, hydrate), noDestinationReason);
    this.functions = [opportunity, invitation, engagement];
    this.opportunity = opportunity;
  }

  private addQueue(id: string): WorkQueue {
    const { key } = this.#props.functions;
    return new WorkQueue(this, id, { functionTimeout: timeout, ...this.#timing, key });
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
      EARLY_READ_PERCENT: String(this.#timing.earlyReadPercent),
      READS_PER_SECOND: String(config.readsPerSecond),
      READS_PER_DAY: String(config.readsPerDay),
      TIME_SCALE: '1',
    };
  }

  private eventSource({ queue }: WorkQueue, maxConcurrency: number): SqsEventSource {
    return new SqsEventSource(queue, {
      batchSize,
      maxBatchingWindow: this.#timing.batchingWindow,
      maxConcurrency,
      reportBatchItemFailures: true,
    });
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
