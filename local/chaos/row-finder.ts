import { setTimeout as sleep } from 'node:timers/promises';
import { dynamodbDeliveryStore } from '../../lambdas/adapters/dynamodb-delivery-store.ts';
import { queryPages, scanPages } from '../../lambdas/adapters/dynamodb-pages.ts';
import { dynamodbRecordStore } from '../../lambdas/adapters/dynamodb-record-store.ts';
import { instantOf } from '../../lambdas/core/instant.ts';
import { type ItemKey, parseVersionSortKey, recordTable, versionItemKey } from '../../lambdas/core/tables.ts';
import { type ChaosStage, controlTableOf } from './chaos-stage.ts';
import type { EditedKind } from './nemesis-generator.ts';

/** A row, and the name of its table. */
export interface Row {
  readonly table: string;
  readonly key: ItemKey;
}

/** Later than every due time. */
const farFuture = '9999-12-31T00:00:00.000Z';
const hourMs = 3_600_000;
const outboxWaitMs = 2_000;

type FindRows = (chaos: ChaosStage, nowMs: number) => Promise<readonly Row[]>;

const finders: Readonly<Record<EditedKind, FindRows>> = {
  current: (chaos) => recordRows(chaos, (sk) => sk === recordTable.currentSortKey),
  version: (chaos) => findVersions(chaos),
  delivery: (chaos, nowMs) => findLastDelivery(chaos, nowMs),
  endpoint: (chaos) => partitionRows(chaos, chaos.tables.webhooks, 'endpoint'),
  gate: (chaos) => partitionRows(chaos, chaos.tables.webhooks, 'gate'),
  ledger: (chaos) => partitionRows(chaos, controlTableOf(chaos), 'quota'),
  pass: (chaos) => partitionRows(chaos, controlTableOf(chaos), 'pass'),
  sightings: async (chaos) => [
    ...(await partitionRows(chaos, controlTableOf(chaos), 'sightings')),
    ...(await partitionRows(chaos, controlTableOf(chaos), 'detail-type')),
  ],
  solutions: (chaos) => partitionRows(chaos, controlTableOf(chaos), 'solutions'),
};

/** Finds the rows of a kind that may be edited. */
export function findRows(kind: EditedKind, chaos: ChaosStage, nowMs: number): Promise<readonly Row[]> {
  return finders[kind](chaos, nowMs);
}

/** The delivery that is due last: its worker has not claimed it yet. */
async function findLastDelivery({ dynamodb, tables }: ChaosStage, nowMs: number): Promise<readonly Row[]> {
  const store = dynamodbDeliveryStore(dynamodb, tables.webhooks);
  const due = await store.due(instantOf(nowMs + hourMs), 50);
  return due
    .slice(-1)
    .map(({ id }) => ({ table: tables.webhooks, key: { pk: `delivery#${id}`, sk: 'delivery' } }));
}

/** The versions that are not fanned out yet. If there is none for some time: all. */
async function findVersions(chaos: ChaosStage): Promise<readonly Row[]> {
  const { dynamodb, tables } = chaos;
  const records = dynamodbRecordStore(dynamodb, tables.records);
  const deadlineMs = performance.now() + outboxWaitMs;
  while (performance.now() < deadlineMs) {
    const due = await records.dueIntents(farFuture, 50);
    if (due.length > 0)
      return due.map(({ version }) => ({ table: tables.records, key: versionItemKey(version) }));
    await sleep(20);
  }
  return recordRows(chaos, (sk) => parseVersionSortKey(sk) !== undefined);
}

async function recordRows(
  { dynamodb, tables: { records } }: ChaosStage,
  isFound: (sk: string) => boolean,
): Promise<readonly Row[]> {
  const input = { TableName: records, ConsistentRead: true, ProjectionExpression: 'pk, sk' };
  return (await rowsIn(records, scanPages(dynamodb, input))).filter(({ key }) => isFound(key.sk));
}

async function partitionRows(
  { dynamodb }: ChaosStage,
  table: string,
  partition: string,
): Promise<readonly Row[]> {
  const input = {
    TableName: table,
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :partition',
    ExpressionAttributeValues: { ':partition': { S: partition } },
  };
  return rowsIn(table, queryPages(dynamodb, input));
}

async function rowsIn(table: string, pages: ReturnType<typeof scanPages>): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const items of pages)
    for (const { pk, sk } of items) rows.push({ table, key: { pk: pk?.S ?? '', sk: sk?.S ?? '' } });
  return rows;
}
