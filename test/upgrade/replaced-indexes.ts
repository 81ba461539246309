import { DescribeTableCommand, RestoreTableToPointInTimeCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { Deployed } from '../deploy/deployed.ts';
import { type AwsCli, followGuide } from '../deploy/guide.ts';
import type { TemplateTables } from './tables.ts';

/** Copies the Records table. @returns the name of the copy */
export async function copyRecords({ dynamodb, output }: Deployed): Promise<string> {
  const SourceTableName = output('RecordsTableName');
  const TargetTableName = `${SourceTableName}-copy`;
  await dynamodb.send(new RestoreTableToPointInTimeCommand({ SourceTableName, TargetTableName }));
  return TargetTableName;
}

/**
 * Replaces the indexes of a copy of the Records table of the last release, as docs/upgrade.md says.
 * @returns indexes that the copy or the template lacks
 */
export async function replaceIndexes(
  copy: string,
  title: string,
  template: TemplateTables,
  { deployed, cli }: { readonly deployed: Deployed; readonly cli: AwsCli },
): Promise<readonly string[]> {
  await followGuide(title, { RECORDS_TABLE: copy }, cli);
  const { Table } = await deployed.dynamodb.send(new DescribeTableCommand({ TableName: copy }));
  const found = describeIndexes(Table);
  const [, records] = [...template].find(([id]) => id.startsWith('RecordsTable')) ?? [];
  const expected = describeIndexes(records);
  return [
    ...expected.filter((index) => !found.includes(index)).map((index) => `the copy lacks ${index}`),
    ...found.filter((index) => !expected.includes(index)).map((index) => `the copy still has ${index}`),
  ];
}

const tableSchema = v.object({
  GlobalSecondaryIndexes: v.array(
    v.object({
      IndexName: v.string(),
      KeySchema: v.array(v.object({ AttributeName: v.string(), KeyType: v.string() })),
      Projection: v.object({
        ProjectionType: v.string(),
        NonKeyAttributes: v.optional(v.array(v.string())),
      }),
    }),
  ),
});

function describeIndexes(table: unknown): readonly string[] {
  return v.parse(tableSchema, table).GlobalSecondaryIndexes.map((index) => JSON.stringify(index));
}
