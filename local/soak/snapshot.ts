import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import { fromAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { parseRecordPath } from '../../lambdas/core/record.ts';
import { recordTable } from '../../lambdas/core/tables.ts';
import { readFunctionMemory } from '../function-memory.ts';
import { findUnfinishedWork, readAllParkedMessages } from '../observation.ts';
import type { TrackedStage } from '../tracked-stage.ts';

/** What the stage holds while no work is left. */
export interface Snapshot {
  /** Heap of this process without garbage: the hosts, the embedded SQS, simulator and receiver. */
  readonly heapBytes: number;
  /** One worker of each function, without garbage, by function name. */
  readonly functionBytes: ReadonlyMap<string, number>;
  /** Sockets, timers and so on of the main thread, by kind. Those of functions do not count. */
  readonly handles: Counts;
  /** Items of all tables, by kind. */
  readonly rows: Counts;
  /** Rows that are due, now or later. */
  readonly unfinished: readonly string[];
  readonly parked: number;
}

export type Counts = Readonly<Record<string, number>>;

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

export async function takeSnapshot(tracked: TrackedStage): Promise<Snapshot> {
  const { stage, dynamodb, sqs, tables } = tracked;
  const rows = await countRows(tracked);
  const unfinished = await findUnfinishedWork(dynamodb, tables);
  const parked = await readAllParkedMessages(sqs, stage);
  tracked.closeIdle();
  const functionBytes = await readFunctionMemory();
  if (typeof collectGarbage === 'function') collectGarbage();
  const { heapUsed } = process.memoryUsage();
  return {
    heapBytes: heapUsed,
    functionBytes,
    handles: countEach(process.getActiveResourcesInfo()),
    rows,
    unfinished,
    parked: parked.length,
  };
}

async function countRows({ stage, dynamodb }: TrackedStage): Promise<Counts> {
  const kinds: string[] = [];
  for (const { tableName: TableName } of stage.tables.all()) {
    const input = { TableName, ConsistentRead: true, ProjectionExpression: 'pk, sk' };
    for await (const { Items = [] } of paginateScan({ client: dynamodb }, input))
      kinds.push(...Items.map(fromAttributes).map(({ pk, sk }) => kindOf(String(pk), String(sk))));
  }
  return countEach(kinds);
}

/** `version`, `current`, or the first word of the partition key: `delivery`, `gate`, `quota`. */
function kindOf(pk: string, sk: string): string {
  if (!parseRecordPath(pk)) return pk.split(/[#/]/)[0] ?? pk;
  return sk.startsWith(recordTable.versionSortKeyPrefix) ? 'version' : sk;
}

function countEach(names: readonly string[]): Counts {
  const entries = [...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length] as const);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
