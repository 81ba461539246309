import { Duration } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { reconcileContract } from '../../lambdas/reconcile/contract.ts';
import type { RelayConfig } from '../config.ts';
import type { Hydration } from './hydration.ts';
import { MinuteSchedule } from './minute-schedule.ts';
import { catalogScope } from './partner-central-scope.ts';
import { recordIndexScope } from './record-store.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';

export interface ReconciliationProps {
  readonly records: ITableV2;
  readonly control: ITableV2;
  /** Its queues receive the findings. */
  readonly hydration: Hydration;
  readonly config: RelayConfig;
  readonly functions: FunctionDefaults;
}

/**
 * Shorter than the minute between two runs, so they rarely overlap. If they do, a lease separates
 * them.
 */
const timeout = Duration.seconds(55);

/**
 * Compares the lists of Partner Central with the table, and sends the records that no event has
 * reported to the queues of hydration.
 */
export class Reconciliation extends Construct {
  /** An invocation with `{"full": true}` or `{"now": true}` starts a pass at once. */
  readonly reconcile: ServiceFunction<typeof reconcileContract>;

  constructor(scope: Construct, id: string, props: ReconciliationProps) {
    super(scope, id);
    const { records, control, hydration, config, functions } = props;
    const queues = {
      opportunity: hydration.opportunities.queue,
      invitation: hydration.invitations.queue,
      engagement: hydration.engagements.queue,
    };
    this.reconcile = new ServiceFunction(this, 'Reconcile', {
      contract: reconcileContract,
      defaults: functions,
      commonEnvironment: {
        RECORDS_TABLE_NAME: records.tableName,
        CONTROL_TABLE_NAME: control.tableName,
        OPPORTUNITY_QUEUE_URL: queues.opportunity.queueUrl,
        INVITATION_QUEUE_URL: queues.invitation.queueUrl,
        ENGAGEMENT_QUEUE_URL: queues.engagement.queueUrl,
        CATALOGS: config.catalogs.join(','),
        READS_PER_SECOND: String(config.readsPerSecond),
        READS_PER_DAY: String(config.readsPerDay),
        RECONCILE_MINUTES: String(config.reconcileMinutes),
        FULL_PASS_DAYS: String(config.fullPassDays),
        EXPIRING_DAYS: String(config.expiringDays),
        REMINDERS: config.reminders.join(',') || 'none',
        SILENCE_DAYS: String(config.silenceDays),
        TIME_SCALE: '1',
      },
      grants: {
        records: { arns: [records.tableArn] },
        recordIndexes: recordIndexScope(records, 'recordsByStatus'),
        control: { arns: [control.tableArn] },
        opportunityQueue: { arns: [queues.opportunity.queueArn] },
        invitationQueue: { arns: [queues.invitation.queueArn] },
        engagementQueue: { arns: [queues.engagement.queueArn] },
        lists: catalogScope(config.catalogs),
      },
      timeout,
      memoryMb: 512,
    });
    // A pass is a row with a due time. Every minute the function starts or continues a due pass.
    new MinuteSchedule(this, 'EveryMinute', { target: this.reconcile.function });
  }
}
