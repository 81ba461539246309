import { Duration, Stack } from 'aws-cdk-lib';
import { type ITableV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { recordTable, webhookTable } from '../../lambdas/core/tables.ts';
import { deliverContract, leaseMs } from '../../lambdas/deliver/contract.ts';
import { fanOutContract } from '../../lambdas/fan-out/contract.ts';
import { sweepContract } from '../../lambdas/sweep/contract.ts';
import { type ConcurrencyShares, shareConcurrency } from '../concurrency.ts';
import type { RelayConfig } from '../config.ts';
import { MinuteSchedule } from './minute-schedule.ts';
import { type FunctionDefaults, ServiceFunction } from './service-function.ts';
import { dueIndex, durableTable, listingIndex } from './table-props.ts';
import { noDestinationReason, WorkQueue } from './work-queue.ts';

export interface WebhookDeliveryProps {
  readonly records: ITableV2;
  /** Doorbell of `act`. Undefined if the stack takes no commands. */
  readonly actDoorbell: WorkQueue | undefined;
  readonly config: RelayConfig;
  /** Prefix of the names of the secrets that sign for endpoints. */
  readonly secretNamePrefix: string;
  readonly functions: FunctionDefaults;
}

const fanOutTimeout = Duration.minutes(1);

/**
 * Equals the lease of a claimed delivery. When the lease expires another worker may claim the
 * delivery, so the invocation that claimed it must have ended.
 */
const deliverTimeout = Duration.millis(leaseMs);

/** Shorter than the minute between two runs, so they never overlap. */
const sweepTimeout = Duration.seconds(55);

/** Each doorbell message is a row to work on, so a larger batch would only take longer. */
const doorbellsPerBatch = 10;

/**
 * Sends each new version as a signed request to every endpoint that wants it. The queues are only
 * doorbells: the work is in rows of the Webhooks table.
 */
export class WebhookDelivery extends Construct {
  readonly table: ITableV2;
  readonly fanOutDoorbell: WorkQueue;
  readonly deliveryDoorbell: WorkQueue;
  readonly fanOut: ServiceFunction<typeof fanOutContract>;
  readonly deliver: ServiceFunction<typeof deliverContract>;
  readonly sweep: ServiceFunction<typeof sweepContract>;
  readonly #shares: ConcurrencyShares;

  constructor(scope: Construct, id: string, props: WebhookDeliveryProps) {
    super(scope, id);
    const { config } = props;
    const { key } = props.functions;
    this.#shares = shareConcurrency(config.concurrency, props.actDoorbell !== undefined);
    this.table = new TableV2(this, 'Webhooks', {
      ...durableTable(webhookTable, { removal: config.tableRemoval, key }),
      globalSecondaryIndexes: [
        dueIndex(webhookTable.indexes.due),
        listingIndex(webhookTable.indexes.byEndpoint, webhookTable.projected),
      ],
    });
    this.fanOutDoorbell = new WorkQueue(this, 'FanOutDoorbell', { functionTimeout: fanOutTimeout, key });
    this.deliveryDoorbell = new WorkQueue(this, 'DeliveryDoorbell', { functionTimeout: deliverTimeout, key });
    this.fanOut = this.addFanOut(props);
    this.deliver = this.addDeliver(props);
    this.sweep = this.addSweep(props);
  }

  private addFanOut({ records, functions }: WebhookDeliveryProps): ServiceFunction<typeof fanOutContract> {
    const { queue, parked } = this.fanOutDoorbell;
    const fanOut = new ServiceFunction(this, 'FanOut', {
      contract: fanOutContract,
      defaults: functions,
      commonEnvironment: {
        RECORDS_TABLE_NAME: records.tableName,
        WEBHOOKS_TABLE_NAME: this.table.tableName,
        DELIVERY_QUEUE_URL: this.deliveryDoorbell.queue.queueUrl,
        PARKED_QUEUE_URL: parked.queueUrl,
        TIME_SCALE: '1',
      },
      grants: {
        records: { arns: [records.tableArn] },
        webhooks: { arns: [this.table.tableArn] },
        deliveryQueue: { arns: [this.deliveryDoorbell.queue.queueArn] },
        parkedQueue: { arns: [parked.queueArn] },
      },
      timeout: fanOutTimeout,
      // A held delivery signals the fan-out of the version before it, whose deliveries do the same,
      // and so on through a long history.
      sendsToOwnQueue: true,
      memoryMb: 512,
    });
    fanOut.addEventSource(
      createVersionSource(records, this.#shares.batchesPerShard),
      'A version that the stream gives up stays in the outbox of the table, where the sweep finds it',
    );
    fanOut.addEventSource(
      new SqsEventSource(queue, {
        batchSize: doorbellsPerBatch,
        maxConcurrency: this.#shares.fanOutDoorbell,
        reportBatchItemFailures: true,
      }),
      noDestinationReason,
    );
    return fanOut;
  }

  private addDeliver(props: WebhookDeliveryProps): ServiceFunction<typeof deliverContract> {
    const { records, config, secretNamePrefix, functions } = props;
    const { queue, parked } = this.deliveryDoorbell;
    const { region, account } = Stack.of(this);
    const deliver = new ServiceFunction(this, 'Deliver', {
      contract: deliverContract,
      defaults: functions,
      commonEnvironment: {
        RECORDS_TABLE_NAME: records.tableName,
        WEBHOOKS_TABLE_NAME: this.table.tableName,
        QUEUE_URL: queue.queueUrl,
        PARKED_QUEUE_URL: parked.queueUrl,
        FAN_OUT_QUEUE_URL: this.fanOutDoorbell.queue.queueUrl,
        WEBHOOK_NETWORK: 'public',
        ALLOWED_CIDRS: config.allowedCidrs.join(',') || 'none',
        CA_CERTIFICATE: config.caCertificate ?? 'none',
        SECRET_NAME_PREFIX: secretNamePrefix,
        SLOTS_PER_ENDPOINT: String(this.#shares.slotsPerEndpoint),
        TIME_SCALE: '1',
      },
      grants: {
        records: { arns: [records.tableArn] },
        webhooks: { arns: [this.table.tableArn] },
        secrets: {
          arns: [`arn:aws:secretsmanager:${region}:${account}:secret:${secretNamePrefix}*`],
          wildcardReason: 'Operators add endpoints at run time, each with its own secret under this prefix',
        },
        eventBuses: { arns: config.eventBuses },
        queue: { arns: [queue.queueArn] },
        parkedQueue: { arns: [parked.queueArn] },
        fanOutQueue: { arns: [this.fanOutDoorbell.queue.queueArn] },
      },
      timeout: deliverTimeout,
      // A delivery without a free slot sends its doorbell message again, and a finished delivery
      // signals the next one of its record.
      sendsToOwnQueue: true,
      memoryMb: 512,
      ...(config.subnetIds.length > 0 && { network: config }),
    });
    deliver.addEventSource(
      new SqsEventSource(queue, {
        batchSize: doorbellsPerBatch,
        maxConcurrency: this.#shares.deliver,
        reportBatchItemFailures: true,
      }),
      noDestinationReason,
    );
    return deliver;
  }

  private addSweep({
    records,
    actDoorbell,
    functions,
  }: WebhookDeliveryProps): ServiceFunction<typeof sweepContract> {
    const fanOutQueue = this.fanOutDoorbell.queue;
    const deliveryQueue = this.deliveryDoorbell.queue;
    const sweep = new ServiceFunction(this, 'Sweep', {
      contract: sweepContract,
      defaults: functions,
      commonEnvironment: {
        RECORDS_TABLE_NAME: records.tableName,
        WEBHOOKS_TABLE_NAME: this.table.tableName,
        FAN_OUT_QUEUE_URL: fanOutQueue.queueUrl,
        DELIVERY_QUEUE_URL: deliveryQueue.queueUrl,
        ACT_QUEUE_URL: actDoorbell?.queue.queueUrl ?? 'none',
        TIME_SCALE: '1',
      },
      grants: {
        records: { arns: [records.tableArn] },
        recordIndexes: { arns: [`${records.tableArn}/index/${recordTable.indexes.outbox.name}`] },
        webhookIndexes: { arns: [`${this.table.tableArn}/index/${webhookTable.indexes.due.name}`] },
        fanOutQueue: { arns: [fanOutQueue.queueArn] },
        deliveryQueue: { arns: [deliveryQueue.queueArn] },
        actQueue: { arns: actDoorbell ? [actDoorbell.queue.queueArn] : [] },
      },
      timeout: sweepTimeout,
      memoryMb: 256,
    });
    new MinuteSchedule(this, 'EveryMinute', { target: sweep.function });
    return sweep;
  }
}

/**
 * The stream records of new versions. Changes of current items and outbox attributes are filtered
 * out.
 */
function createVersionSource(records: ITableV2, parallelizationFactor: number): DynamoEventSource {
  return new DynamoEventSource(records, {
    startingPosition: StartingPosition.TRIM_HORIZON,
    filters: [
      FilterCriteria.filter({
        eventName: FilterRule.isEqual('INSERT'),
        dynamodb: { Keys: { sk: { S: FilterRule.beginsWith(recordTable.versionSortKeyPrefix) } } },
      }),
    ],
    batchSize: 100,
    reportBatchItemFailures: true,
    bisectBatchOnError: true,
    // A failing record blocks its shard. After these retries the sweep takes over the version.
    retryAttempts: 3,
    // Batches of different records run in parallel; versions of one record stay in order.
    parallelizationFactor,
  });
}
