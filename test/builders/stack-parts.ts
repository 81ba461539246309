import type { StackParts, StackTable } from '../../bin/pcr/stores/stack-parts.ts';
import { recordTable, webhookTable } from '../../lambdas/core/tables.ts';

export const recordStreamArn =
  'arn:aws:dynamodb:us-east-1:111122223333:table/Stack-Records/stream/2026-03-01';

/** The parts of a stack in which everything works, except what is given. */
export function stackPartsOf(parts: Partial<StackParts> = {}): StackParts {
  return {
    alarms: async () => [{ name: 'Stack-SweepStopped', state: 'OK', notifies: true, isUrgent: true }],
    topics: async () => [
      { arn: 'arn:aws:sns:us-east-1:111122223333:Urgent', severity: 'urgent', confirmed: 1, pending: 0 },
      { arn: 'arn:aws:sns:us-east-1:111122223333:Notice', severity: 'notice', confirmed: 1, pending: 0 },
    ],
    schedules: async () => [{ name: 'Stack-Sweep', state: 'ENABLED' }],
    eventSources: async () => [
      {
        id: '0a1b2c3d-0000-4000-8000-000000000001',
        state: 'Enabled',
        source: 'Stack-Delivery',
        sourceArn: 'arn:aws:sqs:us-east-1:111122223333:Stack-Delivery',
      },
    ],
    accountConcurrency: async () => ({ granted: 1_000, unreserved: 1_000 }),
    tables: async () => [
      stackTable('Records', Object.keys(recordTable.indexes), recordStreamArn),
      stackTable('Webhooks', Object.keys(webhookTable.indexes)),
      stackTable('Control', []),
    ],
    ...parts,
  };
}

export function stackTable(
  table: StackTable['table'],
  indexes: readonly string[],
  streamArn?: string,
): StackTable {
  return {
    table,
    name: `Stack-${table}`,
    status: 'ACTIVE',
    indexes: new Map(indexes.map((name) => [name, 'ACTIVE'])),
    streamArn,
  };
}
