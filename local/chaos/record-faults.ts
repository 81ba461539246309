import { setTimeout as sleep } from 'node:timers/promises';
import {
  type DynamoDBClient,
  paginateQuery,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { erase, type ParkedErasure } from '../../bin/pcr/erase/erase.ts';
import { drop, hold, release } from '../../bin/pcr/parked/held-messages.ts';
import { dynamodbDeliveryLog } from '../../bin/pcr/stores/dynamodb-delivery-log.ts';
import { dynamodbErasureRows } from '../../bin/pcr/stores/erasure-rows.ts';
import { type Attributes, fromAttributes, toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbRecordStore } from '../../lambdas/adapters/dynamodb-record-store.ts';
import { type RecordKey, recordPath } from '../../lambdas/core/record.ts';
import { currentItemKey, recordTable, versionItemKey } from '../../lambdas/core/tables.ts';
import { isUnpolled } from '../observation.ts';
import type { ChaosStage } from './chaos-stage.ts';
import type { History } from './history.ts';

export interface RecordFaultsDeps {
  readonly chaos: () => ChaosStage;
  readonly nowMs: () => number;
  readonly history: History;
}

/** How long to wait for a record or version that an operator erases or removes. */
const longestWaitMs = 10_000;

/** What an operator does to records in the middle of a storm: erases them, or restores a backup. */
export class RecordFaults {
  /** Paths of the records that were stored when they were erased. */
  readonly erased = new Set<string>();
  /** Paths of all records that were to be erased. Parked messages about them are removed. */
  readonly selected = new Set<string>();
  /** See `removedMessages` of the evidence. */
  readonly removed = new Map<string, Map<string, string>>();
  readonly #deps: RecordFaultsDeps;

  constructor(deps: RecordFaultsDeps) {
    this.#deps = deps;
  }

  /** Erases an opportunity and its AWS-side summary, as `pcr erase` does. */
  async erase(record: RecordKey): Promise<void> {
    const { chaos, nowMs, history } = this.#deps;
    const { dynamodb, sqs, tables, stage } = chaos();
    const records = dynamodbRecordStore(dynamodb, tables.records);
    const keys: readonly RecordKey[] = [record, { ...record, kind: 'aws-opportunity-summary' }];
    await until(async () => (await records.current(record)) !== undefined);
    const states = await Promise.all(keys.map((key) => records.current(key)));
    const stored = keys.filter((_, index) => states[index] !== undefined).map(recordPath);
    history.note(stored, 'an operator begins to erase it');
    for (const key of keys) this.selected.add(recordPath(key));
    const parkedUrls = stage.queues
      .all()
      .flatMap(({ resource, url }) => (isUnpolled(resource.id) ? [url] : []));
    await erase(
      { record },
      {
        records,
        rows: dynamodbErasureRows(dynamodb, tables),
        deliveries: dynamodbDeliveryLog(dynamodb, tables.webhooks),
        parked: parkedErasure(parkedUrls, sqs),
        clock: { nowMs, sleep },
      },
    );
    for (const path of stored) this.erased.add(path);
    history.note(stored, 'an operator has erased it');
  }

  /**
   * Puts the items of a record back to what they are now after some time. That removes the versions
   * of the meantime, as a point-in-time restore does, or all of them.
   * @param endWorkers called after it: a restore makes a new table, which only new workers use.
   *   Others would remember versions that were removed, or a version that the backup lacks.
   */
  async restore(record: RecordKey, forMs: number, endWorkers: () => void): Promise<void> {
    const { chaos, history } = this.#deps;
    const { dynamodb, tables } = chaos();
    const before = await itemsOf(record, dynamodb, tables.records);
    await sleep(forMs);
    await until(async () => {
      const after = await itemsOf(record, dynamodb, tables.records);
      const removed = after.filter(({ sk }) => !before.some((item) => item['sk']?.S === sk?.S));
      // A restore makes a new table, to which no worker stores the version that it has committed.
      if (removed.length === 0 || !storesCurrentVersion(record, after)) return false;
      if (!(await tryRestore(before, after, removed, record, chaos()))) return false;
      endWorkers();
      this.#noteRemoved(record, removed);
      const text = `a backup with ${before.length} items was restored, without ${removed.length} newer items`;
      history.note([recordPath(record)], text);
      return true;
    });
  }

  #noteRemoved(record: RecordKey, items: readonly Attributes[]): void {
    const path = recordPath(record);
    const messages = this.removed.get(path) ?? new Map<string, string>();
    for (const { messageId, contentHash } of items)
      if (messageId?.S !== undefined) messages.set(messageId.S, contentHash?.S ?? '');
    this.removed.set(path, messages);
  }
}

/** Repeats an attempt until it succeeds or takes too long. */
async function until(attempt: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + longestWaitMs;
  while (!(await attempt()) && performance.now() < deadlineMs) await sleep(100);
}

async function itemsOf(
  record: RecordKey,
  client: DynamoDBClient,
  TableName: string,
): Promise<readonly Attributes[]> {
  const input = {
    TableName,
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: toAttributes({ ':pk': recordPath(record) }),
  };
  const items: Attributes[] = [];
  for await (const { Items = [] } of paginateQuery({ client }, input)) items.push(...Items);
  return items;
}

/** Restores in one transaction, unless a worker wrote in between. */
async function tryRestore(
  before: readonly Attributes[],
  after: readonly Attributes[],
  removed: readonly Attributes[],
  record: RecordKey,
  { dynamodb, tables }: ChaosStage,
): Promise<boolean> {
  const TableName = tables.records;
  const version = fromAttributes(after.find(isCurrent) ?? {})['version'];
  const isUnchanged = {
    ConditionExpression: 'version = :version',
    ExpressionAttributeValues: toAttributes({ ':version': version }),
  };
  const current = before.find(isCurrent);
  const restored: TransactWriteItem = current
    ? { Put: { TableName, Item: current, ...isUnchanged } }
    : { Delete: { TableName, Key: toAttributes(currentItemKey(record)), ...isUnchanged } };
  const deleted = removed
    .filter((item) => !isCurrent(item))
    .map(({ pk, sk }): TransactWriteItem => ({ Delete: { TableName, Key: keyOf(pk, sk) } }));
  try {
    await dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [restored, ...deleted] }));
    return true;
  } catch (error) {
    if (error instanceof TransactionCanceledException) return false;
    throw error;
  }
}

/** Whether no worker is between the commit of a version and its item. */
function storesCurrentVersion(record: RecordKey, items: readonly Attributes[]): boolean {
  const version = Number(items.find(isCurrent)?.['version']?.N);
  const { sk: key } = versionItemKey({ ...record, version });
  return items.some(({ sk }) => sk?.S === key);
}

function isCurrent({ sk }: Attributes): boolean {
  return sk?.S === recordTable.currentSortKey;
}

function keyOf(pk: Attributes[string] | undefined, sk: Attributes[string] | undefined): Attributes {
  return toAttributes({ pk: pk?.S, sk: sk?.S });
}

/** As `pcr erase` searches the parked queues of a stack. */
function parkedErasure(urls: readonly string[], sqs: ChaosStage['sqs']): ParkedErasure {
  const dropFrom = async (url: string, isSelected: (body: string) => boolean): Promise<number> => {
    const held = await hold(sqs, url, 1_000);
    const selected = held.filter(({ body }) => isSelected(body));
    const kept = held.filter((message) => !selected.includes(message));
    await drop(sqs, url, selected, () => undefined);
    await release(sqs, url, kept);
    return selected.length;
  };
  return {
    count: () => Promise.resolve({ found: 0, notSearched: 0 }),
    drop: async (isSelected) => {
      const dropped = await Promise.all(urls.map((url) => dropFrom(url, isSelected)));
      return { found: dropped.reduce((sum, count) => sum + count, 0), notSearched: 0 };
    },
  };
}
