import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { pMapIterable } from 'p-map';
import { deliveryIdIn, parseEntry } from '../../../lambdas/adapters/delivery-item.ts';
import { type Attributes, fromAttributes, keyIn } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { itemLoader } from '../../../lambdas/adapters/dynamodb-item-loader.ts';
import { parseRecordPath, type RecordKey } from '../../../lambdas/core/record.ts';
import { isFailure } from '../../../lambdas/core/service-error.ts';
import { versionItemKey } from '../../../lambdas/core/tables.ts';
import { ifReadable } from '../../../lambdas/core/unreadable.ts';
import type { RecordStore } from '../../../lambdas/ports/record-store.ts';
import { changeRows } from '../export/change-rows.ts';
import type { ExportRow } from '../export/columns.ts';
import { dealRow } from '../export/deal-rows.ts';
import { deliveryRow } from '../export/delivery-rows.ts';
import type { ExportName } from '../export/export-kinds.ts';
import type { ExportState } from '../export/export-state.ts';
import type { ExportSource } from '../export/export-step.ts';
import { stageRows } from '../export/stage-rows.ts';
import type { StagedVersion } from '../export/stage-stays.ts';
import { currentItems, deliveryItems, versionItems } from './export-scans.ts';
import { isUnreadable, versionsIn, versionsOf } from './record-versions.ts';
import { scanFrom, type TableScan } from './table-scan.ts';

export interface ExportSourceDeps {
  readonly client: DynamoDBClient;
  readonly records: Pick<RecordStore, 'current'>;
}

/** What an item of a scan becomes. */
interface Exported {
  readonly rows: readonly ExportRow[];
  /** Items that are left out, with what is wrong. */
  readonly unreadable: readonly string[];
}

interface Reading {
  readonly scan: TableScan;
  readonly read: (item: Attributes) => Promise<Exported>;
}

/** Records that are read at the same time. They may be large, so there are few. */
const concurrency = 8;

/** Reads the table of an export. Each item of the scan is one step, and so is the end of a page. */
export function exportSource(state: ExportState, deps: ExportSourceDeps): ExportSource {
  const { scan, read } = readings[state.export](state, deps);
  return async function* steps(position) {
    for await (const { items, itemsRead, next } of scanFrom(deps.client, scan, position)) {
      const toStep = async (item: Attributes) => ({
        ...(await read(item)),
        position: keyIn(item),
        itemsRead: 0,
      });
      yield* pMapIterable(items, toStep, { concurrency });
      yield { rows: [], unreadable: [], position: next, itemsRead };
    }
  };
}

const readings: Readonly<Record<ExportName, (state: ExportState, deps: ExportSourceDeps) => Reading>> = {
  deals: (state, deps) => ({
    scan: currentItems(state),
    read: ofRecord((key) => readDeal(key, state, deps)),
  }),
  stages: (state, deps) => ({
    scan: currentItems(state),
    read: ofRecord((key) => readStages(key, state, deps)),
  }),
  changes: (state, { client }) => {
    const getItem = itemLoader(client, state.table);
    return {
      scan: versionItems(state),
      async read(item) {
        const found = await versionsIn(item, getItem);
        return {
          rows: found.flatMap((each) =>
            'unreadable' in each ? [] : changeRows(each, state.hasPersonalData),
          ),
          unreadable: found.filter(isUnreadable).map((each) => problemOf(keyIn(item), each.unreadable)),
        };
      },
    };
  },
  deliveries: (state) => ({ scan: deliveryItems(state), read: async (item) => deliveryIn(item, state) }),
};

async function readDeal(
  key: RecordKey,
  { hasPersonalData }: ExportState,
  { records }: ExportSourceDeps,
): Promise<Exported> {
  const [opportunity, awsSummary] = await Promise.all([
    records.current(key),
    ifReadable(() => records.current({ ...key, kind: 'aws-opportunity-summary' })),
  ]);
  return {
    rows: opportunity ? [dealRow({ opportunity, awsSummary }, hasPersonalData)] : [],
    unreadable: [],
  };
}

/** Reads the history by key, because a scan promises no order. */
async function readStages(
  key: RecordKey,
  { table }: ExportState,
  { client }: ExportSourceDeps,
): Promise<Exported> {
  const staged: StagedVersion[] = [];
  const unreadable: string[] = [];
  for await (const each of versionsOf(key, client, table))
    if (isUnreadable(each)) unreadable.push(problemOf(versionItemKey({ ...key, ...each }), each.unreadable));
    else staged.push({ version: each.version, stage: each.attributes.stage, occurredAt: each.occurredAt });
  return { rows: stageRows(key, staged), unreadable };
}

function deliveryIn(item: Attributes, { catalog, since, hasPersonalData }: ExportState): Exported {
  const id = deliveryIdIn(item['pk']?.S);
  if (!id) return { rows: [], unreadable: [] };
  const entry = parseEntry(id, fromAttributes(item));
  if ('unreadable' in entry) return { rows: [], unreadable: [problemOf(keyIn(item), entry.unreadable)] };
  const isWanted = entry.version.catalog === catalog && (since === undefined || entry.createdAt >= since);
  return { rows: isWanted ? [deliveryRow(entry, hasPersonalData)] : [], unreadable: [] };
}

/** Reads what belongs to the record of a current item. */
function ofRecord(read: (key: RecordKey) => Promise<Exported>): Reading['read'] {
  return async (item) => {
    const key = parseRecordPath(keyIn(item).pk);
    if (!key) return { rows: [], unreadable: [] };
    try {
      return await read(key);
    } catch (error) {
      if (!isFailure(error, 'record.unreadable')) throw error;
      return { rows: [], unreadable: [problemOf(keyIn(item), error.details.problems)] };
    }
  };
}

function problemOf(
  { pk, sk }: { readonly pk: string; readonly sk: string },
  problems: readonly string[],
): string {
  return `${pk} ${sk}: ${problems.join('; ')}`;
}
