import { dayMs, instantOf } from '../../../lambdas/core/instant.ts';
import { isEndedStage } from '../../../lambdas/core/opportunity-stage.ts';
import { stages } from '../../../lambdas/core/opportunity-values.ts';
import type { ListedRecord } from '../stores/record-list.ts';
import type { DealRow, DealsView, MoneySum, StageCount } from './api.ts';

/** Criteria for deals. One that is left out selects all. */
export interface DealFilter {
  readonly stage?: string | undefined;
  /** `overdue`, or a number of days. */
  readonly closing?: string | undefined;
  readonly idleDays?: number | undefined;
  /** Part of the name of the customer. */
  readonly customer?: string | undefined;
  /** Start of the partner's own id. */
  readonly partnerId?: string | undefined;
  readonly sort: 'modified' | 'closing' | 'amount' | 'customer';
  readonly limit: number;
}

export function dealRowOf(record: ListedRecord): DealRow {
  const { id, version, title, customerName, partnerId, stage, reviewStatus, dueOn, modifiedAt } = record;
  const { amount, currency, nextSteps, owner, unreadable } = record;
  return {
    id,
    version,
    title,
    customer: customerName,
    partnerId,
    stage,
    reviewStatus,
    closeDate: dueOn,
    modifiedAt,
    amount: amount === undefined ? undefined : String(amount),
    currency,
    nextSteps,
    owner,
    unreadable,
  };
}

/** Selects, sorts and counts deals. */
export function selectDeals(
  deals: readonly DealRow[],
  filter: DealFilter,
  nowMs: number,
): Pick<DealsView, 'matched' | 'rows' | 'stages'> {
  const selected = deals.filter(criterionOf(filter, nowMs));
  const { stage } = filter;
  const matching = stage === undefined ? selected : selected.filter((deal) => deal.stage === stage);
  const rows = matching.toSorted(orders[filter.sort]).slice(0, filter.limit);
  return { matched: matching.length, rows, stages: countStages(selected) };
}

/** Whether a deal meets all criteria but that of the stage. */
function criterionOf(
  { closing, idleDays, customer, partnerId }: DealFilter,
  nowMs: number,
): (deal: DealRow) => boolean {
  const today = instantOf(nowMs).slice(0, 10);
  const closesBy =
    closing === undefined || closing === 'overdue' ? undefined : dayAfter(nowMs, Number(closing));
  const idleSince = idleDays === undefined ? undefined : instantOf(nowMs - idleDays * dayMs);
  const name = customer?.toLowerCase();
  const prefix = partnerId?.toLowerCase();
  return (deal) => {
    const isOpen = !isEndedStage(deal.stage);
    const { closeDate = '9999' } = deal;
    return (
      (name === undefined || (deal.customer ?? '').toLowerCase().includes(name)) &&
      (prefix === undefined || (deal.partnerId ?? '').toLowerCase().startsWith(prefix)) &&
      (closing !== 'overdue' || (isOpen && closeDate < today)) &&
      (closesBy === undefined || (isOpen && closeDate >= today && closeDate <= closesBy)) &&
      (idleSince === undefined || (isOpen && (deal.modifiedAt ?? '') < idleSince))
    );
  };
}

function dayAfter(nowMs: number, days: number): string {
  return instantOf(nowMs + days * dayMs).slice(0, 10);
}

type Order = (a: DealRow, b: DealRow) => number;
const texts = new Intl.Collator('en', { sensitivity: 'base' });
const newestFirst: Order = (a, b) => compare(b.modifiedAt ?? '', a.modifiedAt ?? '');

const orders: Readonly<Record<DealFilter['sort'], Order>> = {
  modified: newestFirst,
  closing: (a, b) => compare(a.closeDate ?? '9999', b.closeDate ?? '9999') || newestFirst(a, b),
  amount: (a, b) => Number(b.amount ?? -1) - Number(a.amount ?? -1) || newestFirst(a, b),
  customer: (a, b) => texts.compare(a.customer ?? '￿', b.customer ?? '￿') || newestFirst(a, b),
};

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** In the order of AWS's stages, then stages that this release does not know. */
function countStages(deals: readonly DealRow[]): readonly StageCount[] {
  const byStage = Map.groupBy(deals, ({ stage = 'No stage' }) => stage);
  const names = [...new Set([...stages.filter((stage) => byStage.has(stage)), ...byStage.keys()])];
  return names.map((stage) => {
    const found = byStage.get(stage) ?? [];
    return { stage, count: found.length, amounts: sumsOf(found) };
  });
}

function sumsOf(deals: readonly DealRow[]): readonly MoneySum[] {
  const sums = new Map<string, number>();
  for (const { amount, currency } of deals)
    if (amount !== undefined && currency !== undefined)
      sums.set(currency, (sums.get(currency) ?? 0) + Number(amount));
  return [...sums].map(([currency, amount]) => ({ currency, amount }));
}
