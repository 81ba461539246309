import { describe, expect, it } from 'vitest';
import type { DealRow } from '../../../bin/pcr/console/api.ts';
import { type DealPoint, drawPipeline } from '../../../bin/pcr/console/pipeline-series.ts';

const days = ['2026-03-08', '2026-03-09', '2026-03-10'];
const nowMs = Date.parse('2026-03-10T12:00:00.000Z');

function point(id: string, version: number, at: string, stage: string, amount = 10): DealPoint {
  return { id, version, atMs: Date.parse(at), stage, amount, currency: 'USD' };
}

describe('the pipeline picture', () => {
  it('adds up the deals of each stage as they were at the end of each day', () => {
    const deals: DealRow[] = [
      { id: 'O1', stage: 'Qualified', amount: '10', currency: 'USD' },
      { id: 'O2', stage: 'Closed Lost' },
    ];
    const points = [
      point('O1', 2, '2026-03-10T09:00:00Z', 'Qualified'),
      point('O1', 1, '2026-03-09T23:59:59Z', 'Prospect'),
      point('O2', 1, '2026-03-01T00:00:00Z', 'Prospect', 5),
      point('O2', 2, '2026-03-09T00:00:00Z', 'Closed Lost', 5),
    ];
    expect(drawPipeline(deals, points, days, nowMs).series).toEqual([
      { stage: 'Prospect', currency: 'USD', amounts: [5, 10, 0], counts: [1, 1, 0] },
      { stage: 'Qualified', currency: 'USD', amounts: [0, 0, 10], counts: [0, 0, 1] },
    ]);
  });

  it('shows a deal without changes all the time as it is now', () => {
    const { series } = drawPipeline(
      [{ id: 'O1', stage: 'Launched', amount: '7', currency: 'EUR' }],
      [],
      days,
      nowMs,
    );
    expect(series).toEqual([{ stage: 'Launched', currency: 'EUR', amounts: [7, 7, 7], counts: [1, 1, 1] }]);
  });

  it('keeps currencies apart, and deals without an amount count', () => {
    const { series } = drawPipeline([{ id: 'O1', stage: 'Prospect' }], [], ['2026-03-10'], nowMs);
    expect(series).toEqual([{ stage: 'Prospect', currency: 'no currency', amounts: [0], counts: [1] }]);
  });

  it('counts how long open deals have been in their present stage', () => {
    const deals = ['O1', 'O2', 'O3', 'O4', 'O5'].map((id) => ({ id, stage: 'Qualified' }));
    const points = [
      point('O1', 1, '2026-03-09T00:00:00Z', 'Prospect'),
      point('O1', 2, '2026-03-10T00:00:00Z', 'Qualified'),
      // A change of the amount does not begin the stage again.
      point('O2', 1, '2026-02-20T00:00:00Z', 'Qualified'),
      point('O2', 2, '2026-03-10T00:00:00Z', 'Qualified', 11),
      point('O3', 1, '2026-01-10T00:00:00Z', 'Qualified'),
      point('O4', 1, '2025-01-10T00:00:00Z', 'Qualified'),
    ];
    const lost: DealRow = { id: 'O6', stage: 'Closed Lost' };
    expect(drawPipeline([...deals, lost], points, days, nowMs).ageing).toEqual([
      { stage: 'Qualified', upTo7: 1, upTo30: 1, upTo90: 1, more: 2 },
    ]);
  });
});
