import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { createTables, readTableDefinitions } from '../../local/host/tables/dynamodb-tables.ts';
import { readTemplate } from '../../local/host/template/template.ts';
import { resource, writeAssembly } from '../integration/host/write-assembly.ts';

const table = resource('AWS::DynamoDB::GlobalTable', 'Records/Table', {
  AttributeDefinitions: ['pk', 'sk', 'stage', 'dueAt'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S',
  })),
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'byStage',
      KeySchema: [
        { AttributeName: 'stage', KeyType: 'HASH' },
        { AttributeName: 'dueAt', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['title'] },
    },
  ],
  Replicas: [
    {
      Region: { Ref: 'AWS::Region' },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    },
  ],
  StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
  TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
});

/** What the local stage makes of a table of the template on one engine. */
export function templateTablesSuite(client: () => DynamoDBClient): void {
  test('a table of the template has its stream, its index and its expiry, and is created once', async () => {
    const assembly = await writeAssembly({ RecordsTable1A2B: table }, {});
    const definitions = readTableDefinitions(readTemplate(assembly.folder));
    assembly.remove();
    const [created] = await createTables(client(), definitions);
    expect(created).toMatchObject({
      tableName: 'Sample-RecordsTable1A2B',
      arn: 'arn:aws:dynamodb:us-east-1:000000000000:table/Sample-RecordsTable1A2B',
      resource: { id: 'Records/Table' },
    });
    const TableName = created?.tableName;
    const { Table } = await client().send(new DescribeTableCommand({ TableName }));
    expect(Table).toMatchObject({
      TableStatus: 'ACTIVE',
      LatestStreamArn: created?.streamArn,
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      GlobalSecondaryIndexes: [{ IndexName: 'byStage', Projection: { NonKeyAttributes: ['title'] } }],
    });
    const timeToLive = await client().send(new DescribeTimeToLiveCommand({ TableName }));
    expect(timeToLive.TimeToLiveDescription).toMatchObject({
      AttributeName: 'expiresAt',
      TimeToLiveStatus: 'ENABLED',
    });
    expect(await createTables(client(), definitions)).toEqual([created]);
  });
}
