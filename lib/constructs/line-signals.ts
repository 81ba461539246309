import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { WorkQueue } from './work-queue.ts';

/** What a function needs that signals lines of commands. */
export interface LineSignals {
  /** The table with the lines. */
  readonly table: ITableV2;
  /** Wakes `act`. */
  readonly doorbell: WorkQueue;
}

/** Environment and permissions of such a function. Without commands it has no permission. */
export function lineSignalProps(signals: LineSignals | undefined) {
  return {
    environment: {
      WEBHOOKS_TABLE_NAME: signals?.table.tableName ?? 'none',
      ACT_QUEUE_URL: signals?.doorbell.queue.queueUrl ?? 'none',
    },
    grants: {
      webhooks: { arns: signals ? [signals.table.tableArn] : [] },
      actQueue: { arns: signals ? [signals.doorbell.queue.queueArn] : [] },
    },
  };
}

/** The same for a function that only reads lines. */
export function lineReadProps(signals: LineSignals | undefined) {
  const { environment, grants } = lineSignalProps(signals);
  const { WEBHOOKS_TABLE_NAME } = environment;
  return { environment: { WEBHOOKS_TABLE_NAME }, grants: { webhooks: grants.webhooks } };
}
