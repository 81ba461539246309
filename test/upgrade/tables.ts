import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { at, isJsonArray, isJsonObject, type Json, textAt } from '../../lambdas/core/json.ts';
import { isSameJson, parseJson } from '../../lambdas/core/json-text.ts';
import { type Deployed, stackName } from '../deploy/deployed.ts';
import { tableOutputs } from './stored-items.ts';

/** What a table keeps for its whole life. A replaced table has others. */
export async function identifyTables({ dynamodb, output }: Deployed): Promise<readonly string[]> {
  const tables = tableOutputs.map(async (name) => {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: output(name) }));
    return `${name}: ${Table?.TableArn} ${Table?.TableId} ${Table?.LatestStreamArn ?? 'without a stream'}`;
  });
  return Promise.all(tables);
}

/** The tables of a synthesized template, by logical id. */
export type TemplateTables = ReadonlyMap<string, Json>;

/** @param folder what `cdkOn` synthesized to */
export async function readTemplateTables(folder: string): Promise<TemplateTables> {
  const file = join(folder, 'cdk.out', `${stackName}.template.json`);
  const resources = at(parseJson(await readFile(file, 'utf8')), 'Resources');
  const all = isJsonObject(resources) ? Object.entries(resources) : [];
  return new Map(
    all
      .filter(([, resource]) => textAt(resource, 'Type') === 'AWS::DynamoDB::GlobalTable')
      .map(([id, resource]) => [id, at(resource, 'Properties') ?? null]),
  );
}

export interface TableChanges {
  /** What AWS refuses, or does by replacing a table or an index. */
  readonly lossy: readonly string[];
  /** Tables with several indexes to create or delete. AWS makes one such change per update. */
  readonly tooMany: readonly string[];
}

/** Compares the tables of two releases as CloudFormation does. */
export function compareTables(before: TemplateTables, after: TemplateTables): TableChanges {
  const lossy: string[] = [];
  const tooMany: string[] = [];
  for (const [id, old] of before) {
    const now = after.get(id);
    if (now === undefined) {
      lossy.push(`the table ${id} has no resource any more: its data stays in a table that nothing uses`);
      continue;
    }
    for (const member of ['KeySchema', 'TableName', 'LocalSecondaryIndexes'])
      if (!isSame(at(old, member), at(now, member))) lossy.push(`${id} is replaced: ${member} differs`);
    const [had, has] = [indexesOf(old), indexesOf(now)];
    for (const [name, index] of has)
      if (had.has(name) && !isSame(had.get(name), index))
        lossy.push(`${id}: the index ${name} cannot be changed; add one with another name`);
    const changed = [
      ...[...has.keys()].filter((name) => !had.has(name)).map((name) => `creates ${name}`),
      ...[...had.keys()].filter((name) => !has.has(name)).map((name) => `deletes ${name}`),
    ];
    if (changed.length > 1) tooMany.push(`${id} ${changed.join(', ')}`);
  }
  return { lossy, tooMany };
}

function indexesOf(table: Json): ReadonlyMap<string, Json> {
  const indexes = at(table, 'GlobalSecondaryIndexes');
  return new Map(
    (isJsonArray(indexes) ? indexes : []).map((index) => [textAt(index, 'IndexName') ?? '', index]),
  );
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return isSameJson(a ?? null, b ?? null);
}
