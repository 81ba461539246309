import { dayMs } from '../../../lambdas/core/instant.ts';
import { isEndedStage } from '../../../lambdas/core/opportunity-stage.ts';
import { stages } from '../../../lambdas/core/opportunity-values.ts';
import type { DealRow, PipelineSeries, PipelineView, StageAges } from './api.ts';

/** What a deal was from a version on. */
export interface DealPoint {
  readonly id: string;
  readonly version: number;
  /** When the change happened, milliseconds since 1970. */
  readonly atMs: number;
  readonly stage: string | undefined;
  readonly amount: number;
  readonly currency: string | undefined;
}

const noCurrency = 'no currency';

/**
 * Adds up the deals of each stage at the end of each day.
 * @param points in any order; a deal without one was all the time as it is now
 * @param days `YYYY-MM-DD`, oldest first
 */
export function drawPipeline(
  deals: readonly DealRow[],
  points: readonly DealPoint[],
  days: readonly string[],
  nowMs: number,
): Pick<PipelineView, 'days' | 'series' | 'ageing'> {
  const byDeal = Map.groupBy(points, ({ id }) => id);
  const histories = deals.map((deal) => ({ deal, history: historyOf(deal, byDeal.get(deal.id) ?? []) }));
  const all = histories.map(({ history }) => history);
  return { days, series: seriesOf(all, days), ageing: agesOf(histories, nowMs) };
}

function historyOf(deal: DealRow, points: readonly DealPoint[]): readonly DealPoint[] {
  if (points.length > 0) return points.toSorted((a, b) => a.version - b.version);
  const { id, version = 1, stage, amount, currency } = deal;
  return [{ id, version, atMs: Number.NEGATIVE_INFINITY, stage, amount: Number(amount ?? 0), currency }];
}

function seriesOf(
  histories: readonly (readonly DealPoint[])[],
  days: readonly string[],
): readonly PipelineSeries[] {
  const sums = new Map<string, { readonly amounts: number[]; readonly counts: number[] }>();
  for (const history of histories)
    for (const [index, day] of days.entries()) {
      const point = lastUntil(history, Date.parse(day) + dayMs);
      if (point?.stage === undefined || point.stage === 'Closed Lost') continue;
      const name = `${point.stage}\n${point.currency ?? noCurrency}`;
      const sum = sums.get(name) ?? { amounts: days.map(() => 0), counts: days.map(() => 0) };
      sums.set(name, sum);
      sum.amounts[index] = (sum.amounts[index] ?? 0) + point.amount;
      sum.counts[index] = (sum.counts[index] ?? 0) + 1;
    }
  return [...sums]
    .map(([name, sum]) => {
      const [stage = '', currency = ''] = name.split('\n');
      return { stage, currency, ...sum };
    })
    .toSorted((a, b) => orderOf(a.stage) - orderOf(b.stage) || (a.currency < b.currency ? -1 : 1));
}

/** The state at a time. Undefined before the first one. */
function lastUntil(history: readonly DealPoint[], endMs: number): DealPoint | undefined {
  return history.findLast(({ atMs }) => atMs < endMs);
}

function orderOf(stage: string): number {
  const index = stages.indexOf(stage);
  return index < 0 ? stages.length : index;
}

function agesOf(
  histories: readonly { readonly deal: DealRow; readonly history: readonly DealPoint[] }[],
  nowMs: number,
): readonly StageAges[] {
  const open = histories.filter(({ deal }) => deal.stage !== undefined && !isEndedStage(deal.stage));
  const byStage = Map.groupBy(open, ({ deal }) => deal.stage ?? '');
  return [...byStage]
    .toSorted(([a], [b]) => orderOf(a) - orderOf(b))
    .map(([stage, found]) => {
      const days = found.map(({ history }) => (nowMs - enteredAtMs(stage, history)) / dayMs);
      const between = (from: number, to: number) => days.filter((age) => age > from && age <= to).length;
      return {
        stage,
        upTo7: between(Number.NEGATIVE_INFINITY, 7),
        upTo30: between(7, 30),
        upTo90: between(30, 90),
        more: between(90, Number.POSITIVE_INFINITY),
      };
    });
}

/** When the present stage began. */
function enteredAtMs(stage: string, history: readonly DealPoint[]): number {
  const before = history.findLastIndex((point) => point.stage !== stage);
  return history[before + 1]?.atMs ?? Number.NEGATIVE_INFINITY;
}
