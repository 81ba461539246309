import { Duration } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { RelayConfig } from '../config.ts';
import { formatEnabledCommands } from '../enabled-commands.ts';
import { recordIndexScope } from './record-store.ts';
import type { WorkQueue } from './work-queue.ts';

/** What a function needs to accept commands, through whatever door they come. */
export interface AcceptCommandsProps {
  readonly records: ITableV2;
  readonly webhooks: ITableV2;
  readonly doorbell: WorkQueue;
  readonly config: RelayConfig;
}

/** Below the 30 seconds after which the API answers for the function. */
export const requestTimeout = Duration.seconds(25);

export function acceptEnvironment({ records, webhooks, doorbell, config }: AcceptCommandsProps) {
  return {
    RECORDS_TABLE_NAME: records.tableName,
    WEBHOOKS_TABLE_NAME: webhooks.tableName,
    QUEUE_URL: doorbell.queue.queueUrl,
    COMMANDS: formatEnabledCommands(config),
    TIME_SCALE: '1',
  };
}

export function acceptGrants({ records, webhooks, doorbell }: AcceptCommandsProps) {
  return {
    records: { arns: [records.tableArn] },
    recordIndexes: recordIndexScope(records, 'recordsByPartnerId'),
    webhooks: { arns: [webhooks.tableArn] },
    queue: { arns: [doorbell.queue.queueArn] },
  };
}
