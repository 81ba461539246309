import { DescribeTableCommand, DescribeTimeToLiveCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { dynoxideBinary, hasJava, startDynamoDb } from '../../../local/host/dynamodb-engine.ts';
import { createTables, tableDefinitions } from '../../../local/host/dynamodb-tables.ts';
import { clientSettings } from '../../../local/host/local-account.ts';
import { readTemplate } from '../../../local/host/template.ts';
import { resource, writeAssembly } from './written-assembly.ts';

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

const engines = [
  { name: 'dynoxide', isHere: dynoxideBinary() !== undefined },
  { name: 'dynamodb-local', isHere: hasJava() },
] as const;

describe.each(engines)('$name', ({ name, isHere }) => {
  // Where the engine cannot run the report says "skipped"; CI has both.
  test.skipIf(!isHere && process.env['CI'] !== 'true')(
    'has the tables of the template, and ends when told',
    async () => {
      const assembly = await writeAssembly({ RecordsTable1A2B: table }, {});
      const engine = await startDynamoDb(name);
      try {
        expect(engine.name).toBe(name);
        const client = new DynamoDBClient(clientSettings(engine.endpoint));
        const definitions = tableDefinitions(readTemplate(assembly.folder));
        const [created] = await createTables(client, definitions);
        expect(created).toMatchObject({
          tableName: 'Sample-RecordsTable1A2B',
          arn: 'arn:aws:dynamodb:us-east-1:000000000000:table/Sample-RecordsTable1A2B',
          resource: { id: 'Records/Table' },
        });
        const TableName = created?.tableName;
        const { Table } = await client.send(new DescribeTableCommand({ TableName }));
        expect(Table).toMatchObject({
          TableStatus: 'ACTIVE',
          LatestStreamArn: created?.streamArn,
          StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
          GlobalSecondaryIndexes: [{ IndexName: 'byStage', Projection: { NonKeyAttributes: ['title'] } }],
        });
        const timeToLive = await client.send(new DescribeTimeToLiveCommand({ TableName }));
        expect(timeToLive.TimeToLiveDescription).toMatchObject({
          AttributeName: 'expiresAt',
          TimeToLiveStatus: 'ENABLED',
        });
        expect(await createTables(client, definitions)).toEqual([created]);
        client.destroy();
      } finally {
        await engine.stop();
        assembly.remove();
      }
      await expect(fetch(engine.endpoint)).rejects.toThrow();
    },
    // A Java machine on busy cores takes its time.
    60_000,
  );
});

test('a table that cannot be understood is named', async () => {
  const assembly = await writeAssembly(
    { Odd1: resource('AWS::DynamoDB::Table', 'Odd', { KeySchema: 'pk' }) },
    {},
  );
  expect(() => tableDefinitions(readTemplate(assembly.folder))).toThrow('Odd1 (AWS::DynamoDB::Table at Odd)');
  assembly.remove();
});
