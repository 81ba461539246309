import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type IManagedPolicy, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { recordTable } from '../../lambdas/core/tables.ts';
import { allowKeyThrough } from './key-use.ts';

export interface ReadRecordsProps {
  readonly records: ITableV2;
  /** @default keys of AWS */
  readonly key?: IKey | undefined;
}

/**
 * A managed policy for people and tools that query records and their history. It grants no access
 * to endpoints, deliveries or secrets.
 */
export class ReadRecords extends Construct {
  readonly policy: IManagedPolicy;

  constructor(scope: Construct, id: string, { records, key }: ReadRecordsProps) {
    super(scope, id);
    const { outbox: _, ...queried } = recordTable.indexes;
    const indexes = Object.values(queried).map(({ name }) => `${records.tableArn}/index/${name}`);
    this.policy = new ManagedPolicy(this, 'Policy', {
      description: 'Reads the records of Partner Central Relay with their history',
      statements: [
        new PolicyStatement({
          actions: [
            'dynamodb:BatchGetItem',
            'dynamodb:DescribeTable',
            'dynamodb:GetItem',
            'dynamodb:PartiQLSelect',
            'dynamodb:Query',
          ],
          resources: [records.tableArn, ...indexes],
        }),
        ...(key ? [allowKeyThrough('dynamodb', key)] : []),
      ],
    });
  }
}
