import { type ITableV2, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { recordTable } from '../../lambdas/core/tables.ts';
import type { GrantScope } from './grant-scope.ts';
import { dueIndex, durableTable, listingIndex, type TableDefaults } from './table-props.ts';

/** The Records table: the current state and every version of each record. */
export class RecordStore extends Construct {
  readonly table: ITableV2;

  constructor(scope: Construct, id: string, defaults: TableDefaults) {
    super(scope, id);
    const { outbox, ...queried } = recordTable.indexes;
    this.table = new TableV2(this, 'Table', {
      ...durableTable(recordTable, defaults),
      globalSecondaryIndexes: [
        ...Object.values(queried).map((index) => listingIndex(index, recordTable.projected)),
        dueIndex(outbox),
      ],
      // A stream record is only a doorbell: fan-out reads the version from the table.
      dynamoStream: StreamViewType.KEYS_ONLY,
    });
  }
}

type QueriedIndexName = Exclude<keyof typeof recordTable.indexes, 'outbox'>;

/** Scopes actions to some of the indexes that list records and versions. */
export function recordIndexScope(records: ITableV2, ...names: readonly QueriedIndexName[]): GrantScope {
  return { arns: names.map((name) => `${records.tableArn}/index/${recordTable.indexes[name].name}`) };
}
