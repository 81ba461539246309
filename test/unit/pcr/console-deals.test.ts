import { describe, expect, it } from 'vitest';
import type { DealRow } from '../../../bin/pcr/console/api.ts';
import { type DealFilter, dealRowOf, selectDeals } from '../../../bin/pcr/console/deal-rows.ts';
import { ExactNumber } from '../../../lambdas/core/exact-number.ts';

const nowMs = Date.parse('2026-03-10T12:00:00.000Z');

function deal(id: string, members: Partial<DealRow> = {}): DealRow {
  return { id, stage: 'Prospect', modifiedAt: '2026-03-09T00:00:00.000Z', ...members };
}

function idsOf(deals: readonly DealRow[], filter: Partial<DealFilter>): readonly string[] {
  return selectDeals(deals, { sort: 'modified', limit: 100, ...filter }, nowMs).rows.map(({ id }) => id);
}

describe('deals of the console', () => {
  const deals = [
    deal('O1', { closeDate: '2026-03-09', customer: 'Example Corp', partnerId: 'CRM-17' }),
    deal('O2', { closeDate: '2026-03-10', customer: 'Zürich Example AG', partnerId: 'crm-2' }),
    deal('O3', { closeDate: '2026-03-17', stage: 'Qualified', modifiedAt: '2026-01-01T00:00:00.000Z' }),
    deal('O4', { closeDate: '2026-03-18', stage: 'Launched', modifiedAt: '2026-01-01T00:00:00.000Z' }),
    deal('O5', { closeDate: '2026-01-01', stage: 'Closed Lost' }),
  ];

  it.each([
    ['a stage', { stage: 'Qualified' }, ['O3']],
    ['an open deal whose close date has passed', { closing: 'overdue' }, ['O1']],
    ['an open deal that closes today or within a week', { closing: '7' }, ['O2', 'O3']],
    ['an open deal without a modification for 30 days', { idleDays: 30 }, ['O3']],
    ['a part of the name of the customer, in any case', { customer: 'EXAMPLE' }, ['O1', 'O2']],
    ['the start of the id of the partner, in any case', { partnerId: 'CRM-' }, ['O1', 'O2']],
    ['several criteria at once', { customer: 'example', closing: '7' }, ['O2']],
  ])('are selected by %s', (_, filter, expected) => {
    expect(idsOf(deals, filter).toSorted()).toEqual(expected);
  });

  it('are counted by stage, with all criteria but that of the stage, in the order of the stages', () => {
    const view = selectDeals(deals, { sort: 'modified', limit: 1, stage: 'Prospect', customer: 'a' }, nowMs);
    expect(view.matched).toBe(2);
    expect(view.rows).toHaveLength(1);
    expect(view.stages.map(({ stage, count }) => [stage, count])).toEqual([['Prospect', 2]]);
    const all = selectDeals(deals, { sort: 'modified', limit: 1, stage: 'Prospect' }, nowMs);
    expect(all.stages.map(({ stage }) => stage)).toEqual([
      'Prospect',
      'Qualified',
      'Launched',
      'Closed Lost',
    ]);
  });

  it('are added up for each currency', () => {
    const paid = [
      deal('O1', { amount: '100.50', currency: 'USD' }),
      deal('O2', { amount: '200', currency: 'USD' }),
      deal('O3', { amount: '7', currency: 'EUR' }),
      deal('O4'),
    ];
    const { stages } = selectDeals(paid, { sort: 'amount', limit: 100 }, nowMs);
    expect(stages[0]?.amounts).toEqual([
      { currency: 'USD', amount: 300.5 },
      { currency: 'EUR', amount: 7 },
    ]);
  });

  it.each([
    ['modified', ['O2', 'O3', 'O1']],
    ['closing', ['O1', 'O3', 'O2']],
    ['amount', ['O3', 'O1', 'O2']],
    ['customer', ['O3', 'O2', 'O1']],
  ] as const)('are sorted by %s, and those without the member come last', (sort, expected) => {
    const sorted = [
      deal('O1', { modifiedAt: '2026-01-01T00:00:00.000Z', closeDate: '2026-01-01', amount: '9' }),
      deal('O2', { modifiedAt: '2026-03-01T00:00:00.000Z', customer: 'beta' }),
      deal('O3', {
        modifiedAt: '2026-02-01T00:00:00.000Z',
        closeDate: '2026-02-01',
        amount: '10',
        customer: 'Alpha',
      }),
    ];
    expect(idsOf(sorted, { sort })).toEqual(expected);
  });

  it('keep every digit of an amount', () => {
    const row = dealRowOf({
      catalog: 'AWS',
      kind: 'opportunity',
      id: 'O1',
      amount: new ExactNumber('1234567890123456789012345678901'),
    });
    expect(row.amount).toBe('1234567890123456789012345678901');
  });
});
