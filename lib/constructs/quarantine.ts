import { Duration, Validations } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { quarantineContract } from '../../lambdas/quarantine/contract.ts';
import { shareConcurrency } from '../concurrency.ts';
import type { RelayConfig } from '../config.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';
import { createParkedQueue, noDestinationReason, WorkQueue } from './work-queue.ts';

export interface QuarantineProps {
  readonly control: ITableV2;
  readonly config: RelayConfig;
  readonly functions: FunctionDefaults;
}

/** Counts events of unknown detail-types and catalogs, and keeps them with the reason. */
export class Quarantine extends Construct {
  readonly events: WorkQueue;
  /**
   * Events that wait for a release that reads them. Not the parked queue, whose alarm would then be
   * active until that release and hide everything that is parked after them.
   */
  readonly kept: IQueue;
  readonly keep: ServiceFunction<typeof quarantineContract>;

  constructor(scope: Construct, id: string, { control, config, functions }: QuarantineProps) {
    super(scope, id);
    const timeout = Duration.seconds(30);
    this.events = new WorkQueue(this, 'Events', { functionTimeout: timeout, key: functions.key });
    this.kept = createParkedQueue(this, 'Kept', functions.key);
    Validations.of(this.kept).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'No function receives these messages, so none can fail; an operator redrives them',
    });
    this.keep = new ServiceFunction(this, 'Keep', {
      contract: quarantineContract,
      defaults: functions,
      commonEnvironment: {
        CONTROL_TABLE_NAME: control.tableName,
        KEPT_QUEUE_URL: this.kept.queueUrl,
        PARKED_QUEUE_URL: this.events.parked.queueUrl,
      },
      grants: {
        control: { arns: [control.tableArn] },
        keptQueue: { arns: [this.kept.queueArn] },
        parkedQueue: { arns: [this.events.parked.queueArn] },
      },
      timeout,
      memoryMb: 256,
    });
    this.keep.addEventSource(
      new SqsEventSource(this.events.queue, {
        batchSize: 10,
        maxConcurrency: shareConcurrency(config.concurrency).quarantine,
        reportBatchItemFailures: true,
      }),
      noDestinationReason,
    );
  }
}
