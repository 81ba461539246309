import { type ITableV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { controlTable } from '../../lambdas/core/tables.ts';
import type { RelayConfig } from '../config.ts';
import { durableTable } from './table-props.ts';

export interface ControlTableProps {
  readonly removal: RelayConfig['tableRemoval'];
}

/** The Control table, shared by the functions: quota ledger, passes of `reconcile`, last events. */
export class ControlTable extends Construct {
  readonly table: ITableV2;

  constructor(scope: Construct, id: string, { removal }: ControlTableProps) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', durableTable(controlTable, removal));
  }
}
