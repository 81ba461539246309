import { Duration } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { quarantineContract } from '../../lambdas/quarantine/contract.ts';
import { shareConcurrency } from '../concurrency.ts';
import type { RelayConfig } from '../config.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';
import { noDestinationReason, WorkQueue } from './work-queue.ts';

export interface QuarantineProps {
  readonly control: ITableV2;
  readonly config: RelayConfig;
  readonly functions: FunctionDefaults;
  /** @default keys of AWS */
  readonly key?: IKey | undefined;
}

/** Counts events of unknown detail-types and catalogs, and parks them with the reason. */
export class Quarantine extends Construct {
  readonly events: WorkQueue;
  readonly keep: ServiceFunction<typeof quarantineContract>;

  constructor(scope: Construct, id: string, { control, config, functions, key }: QuarantineProps) {
    super(scope, id);
    const timeout = Duration.seconds(30);
    this.events = new WorkQueue(this, 'Events', { functionTimeout: timeout, key });
    this.keep = new ServiceFunction(this, 'Keep', {
      contract: quarantineContract,
      defaults: functions,
      commonEnvironment: {
        CONTROL_TABLE_NAME: control.tableName,
        PARKED_QUEUE_URL: this.events.parked.queueUrl,
      },
      grants: {
        control: { arns: [control.tableArn] },
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
