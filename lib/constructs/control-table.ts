import { type ITableV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { controlTable } from '../../lambdas/core/tables.ts';
import { durableTable, type TableDefaults } from './table-props.ts';

/** The Control table, shared by the functions: quota ledger, passes of `reconcile`, last events. */
export class ControlTable extends Construct {
  readonly table: ITableV2;

  constructor(scope: Construct, id: string, defaults: TableDefaults) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', durableTable(controlTable, defaults));
  }
}
