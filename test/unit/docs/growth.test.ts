import { expect, it } from 'vitest';
import type { CountedRun, Usage } from '../../../docs/generate/counts.ts';
import {
  costOfChange,
  costOfEndpoint,
  costWithEndpoints,
  renderGrowth,
} from '../../../docs/generate/growth.ts';

const usage: Usage = {
  invocations: 10,
  durationMs: 0,
  memoryMb: 512,
  writeUnits: { 'PutItem Records': 120 },
  readUnits: { Records: 40 },
  sqsRequests: 20,
  secretCalls: 0,
  partnerCentralCalls: {},
  logBytes: 0,
  metrics: {},
};

function runOf(functions: CountedRun['functions']): CountedRun {
  return { events: 10, webhooks: 10, webhookBytes: 0, versionBytes: 0, functions };
}

const oneEndpoint = runOf({ Hydrate: usage, Sweep: usage });
const tenEndpoints = runOf({ Hydrate: usage, Deliver: { ...usage, writeUnits: { Webhooks: 360 } } });

function passOf(opportunities: number, units: number) {
  const run = runOf({ Reconcile: { ...usage, writeUnits: { Records: units }, readUnits: {} } });
  return { opportunities, run };
}

it('the cost of a change leaves out the functions that run every minute', () => {
  expect(costOfChange(oneEndpoint)).toEqual({ writeUnits: 12, readUnits: 4, invocations: 1, sqsRequests: 2 });
});

it('each further endpoint adds its share of the difference', () => {
  const further = costOfEndpoint(costOfChange(oneEndpoint), costOfChange(tenEndpoints), 9);
  expect(further.writeUnits).toBe(4);
  expect(further.readUnits).toBeCloseTo(4 / 9);
});

it('the cost with 100 endpoints adds a read unit for each pair, and a batch for every ten', () => {
  const unit = { writeUnits: 10, readUnits: 5, invocations: 3, sqsRequests: 5 };
  // Nine more endpoints: 2 write units each, and one read unit each and for each of 99 more pairs.
  const ten = { ...unit, writeUnits: 28, readUnits: 5 + 9 + 99 };
  expect(costWithEndpoints(100, unit, { endpoints: 10, cost: ten })).toEqual({
    writeUnits: 10 + 99 * 2,
    readUnits: 5 + 99 + 9_999,
    invocations: 3 + 9,
    sqsRequests: 5 + 9 * 3,
  });
});

it('the document says what changes and full passes cost, from the counts', () => {
  const rendered = renderGrowth({
    countedOn: '2026-11-30',
    engine: 'dynoxide',
    machine: 'a machine',
    changes: [
      { records: 1_000, endpoints: 1, run: oneEndpoint },
      { records: 10_000, endpoints: 1, run: oneEndpoint },
      { records: 1_000, endpoints: 10, run: tenEndpoints },
    ],
    passes: [passOf(20, 50), passOf(60, 130)],
  });
  expect(rendered).toContain('| 10,000 | 1 | 12 | 4 | 1 | 2 | 0.88 |');
  expect(rendered).toContain('| 1,000 | 100 (computed) |');
  expect(rendered).toContain('it takes 2 write units and 0 read units');
  // 200,000 reads, at most 80,000 a day.
  expect(rendered).toMatch(/\| 100,000 \| 200,000 \| 2\.50 \|/);
});
