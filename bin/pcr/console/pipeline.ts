import pMap from 'p-map';
import { itemLoader } from '../../../lambdas/adapters/dynamodb-item-loader.ts';
import { parseVersion, versionAttributes } from '../../../lambdas/adapters/record-item.ts';
import { parseItem } from '../../../lambdas/adapters/unreadable-item.ts';
import { readWholeItem } from '../../../lambdas/adapters/whole-item.ts';
import { dayMs, epochMsOf, instantOf } from '../../../lambdas/core/instant.ts';
import { recordPath } from '../../../lambdas/core/record.ts';
import { summaryMembersOf } from '../../../lambdas/core/record-summary.ts';
import { versionItemKey } from '../../../lambdas/core/tables.ts';
import { ifReadable } from '../../../lambdas/core/unreadable.ts';
import { concurrency } from '../first-of.ts';
import type { Relay } from '../relay.ts';
import { type ListedVersion, listVersions } from '../stores/version-list.ts';
import type { DealRow, PipelineView } from './api.ts';
import { type DealPoint, drawPipeline } from './pipeline-series.ts';

/** The ages of stages are counted up to this number of days. */
const leastDays = 91;
/** Versions that may change what the picture shows. The first topic is the type. */
const drawnTopics = new Set([
  'opportunity.created',
  'opportunity.stage_changed',
  'opportunity.expected_spend_changed',
]);
/** Versions that are loaded at a time: items of 4 KB on average. */
const mostAtOnce = 200;

export interface PipelineRequest {
  readonly catalog: string;
  readonly days: number;
}

/**
 * Reads the versions of the last days that changed the stage or the amount of a deal, and for each
 * deal the version before the first of them. Deals without one were all the time as they are now.
 * @param onRead called with the number of versions that have been read
 */
export async function readPipeline(
  { catalog, days }: PipelineRequest,
  deals: readonly DealRow[],
  relay: Pick<Relay, 'clients' | 'output'>,
  nowMs: number,
  onRead: (versions: number) => void,
): Promise<Omit<PipelineView, 'read' | 'isComplete'>> {
  const drawn = daysBefore(nowMs, days);
  const listed = await listDrawn(catalog, daysBefore(nowMs, Math.max(days, leastDays)), relay);
  const refs = withPredecessors(listed);
  const points: DealPoint[] = [];
  for (let start = 0; start < refs.length; start += mostAtOnce) {
    points.push(...(await readPoints(refs.slice(start, start + mostAtOnce), relay)));
    onRead(Math.min(refs.length, start + mostAtOnce));
  }
  return drawPipeline(deals, points, drawn, nowMs);
}

function daysBefore(nowMs: number, days: number): readonly string[] {
  return Array.from({ length: days }, (_, index) =>
    instantOf(nowMs - (days - 1 - index) * dayMs).slice(0, 10),
  );
}

async function listDrawn(
  catalog: string,
  days: readonly string[],
  { clients, output }: Pick<Relay, 'clients' | 'output'>,
): Promise<readonly ListedVersion[]> {
  const ofDay = async (day: string): Promise<readonly ListedVersion[]> => {
    const query = { catalog, kind: 'opportunity', day } as const;
    const found: ListedVersion[] = [];
    for await (const each of listVersions(query, clients.dynamodb, output('RecordsTableName')))
      if (each.topics.some((topic) => drawnTopics.has(topic))) found.push(each);
    return found;
  };
  return (await pMap(days, ofDay, { concurrency })).flat();
}

type Ref = Pick<ListedVersion, 'catalog' | 'kind' | 'id' | 'version'>;

function withPredecessors(listed: readonly ListedVersion[]): readonly Ref[] {
  const byDeal = Map.groupBy(listed, recordPath);
  return [...byDeal.values()].flatMap((versions): readonly Ref[] => {
    const first = versions.reduce((a, b) => (a.version < b.version ? a : b));
    return first.version === 1 ? versions : [{ ...first, version: first.version - 1 }, ...versions];
  });
}

/** Versions that were edited by hand and are invalid are left out. */
async function readPoints(
  refs: readonly Ref[],
  { clients, output }: Pick<Relay, 'clients' | 'output'>,
): Promise<readonly DealPoint[]> {
  const getItem = itemLoader(clients.dynamodb, output('RecordsTableName'));
  const points = await Promise.all(
    refs.map((ref) =>
      ifReadable(async (): Promise<readonly DealPoint[]> => {
        const item = await readWholeItem(versionItemKey(ref), getItem);
        if (!item) return [];
        const { attributes, payload, occurredAt } = parseItem(item, parseVersion, versionAttributes);
        const { amount, currency } = summaryMembersOf('opportunity', payload);
        const { id, version } = ref;
        return [
          {
            id,
            version,
            atMs: epochMsOf(occurredAt),
            stage: attributes.stage,
            amount: Number(amount ?? 0),
            currency,
          },
        ];
      }),
    ),
  );
  return points.flatMap((each) => each ?? []);
}
