import { readPurposes } from '../../lambdas/quota/purposes.ts';
import type { CountedRun, Usage } from './counts.ts';
import { type GrowthCounts, readGrowthCounts } from './growth-counts.ts';
import { renderTable } from './markdown-table.ts';
import { scheduled, total } from './month.ts';
import { priceOf } from './prices.ts';

const recordCounts = [1_000, 10_000, 100_000];
/** What AWS grants in 24 hours. */
const readsPerDay = 100_000;
/** An opportunity and its summary. */
const readsPerOpportunity = 2;
/** Changes that the dollars are for. */
const monthlyChanges = 100_000;
/** Endpoints that the last row of the changes is computed for. */
const computedEndpoints = 100;
/** Messages that SQS hands to `deliver` at once. */
const deliveriesPerBatch = 10;
/** A batch is sent, received and deleted. */
const requestsPerBatch = 3;

/** Request units, requests and invocations of one change or one record of a pass. */
interface UnitCost {
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly invocations: number;
  readonly sqsRequests: number;
}

/** Renders how the cost of a change and of a pass grows with records and endpoints. */
export function renderGrowth(counts: GrowthCounts = readGrowthCounts()): string {
  const { countedOn, engine, machine } = counts;
  return [
    `Counted on ${countedOn} on the local stage (${engine}; ${machine}), changes of opportunities one at a time:`,
    renderChanges(counts),
    `The row of ${computedEndpoints} endpoints is computed from those of 1 and ${Math.max(...counts.changes.map(({ endpoints }) => endpoints))}.`,
    'A change costs about the same in a table of any size: it reads and writes its own record. Each endpoint adds the writes of ' +
      'its delivery. Read units grow with the square of the endpoints: at the end of each delivery `deliver` reads the rows of all.',
    'A full pass of `reconcile` reads every opportunity and its summary again, once a week by default. For each ' +
      `opportunity without a change it takes ${describe(passCost(counts))}. It may use ` +
      `${(readPurposes.reconcile.shareOfDay * readsPerDay).toLocaleString('en')} reads a day:`,
    renderPasses(counts),
  ].join('\n\n');
}

/** Units of one change by all functions that run for events. */
export function costOfChange({ events, functions }: Pick<CountedRun, 'events' | 'functions'>): UnitCost {
  const used = Object.entries(functions).filter(([name]) => !scheduled.includes(name));
  const sum = (of: (usage: Usage) => number): number =>
    used.reduce((units, [, usage]) => units + of(usage), 0) / events;
  return {
    writeUnits: sum(({ writeUnits }) => total(writeUnits)),
    readUnits: sum(({ readUnits }) => total(readUnits)),
    invocations: sum(({ invocations }) => invocations),
    sqsRequests: sum(({ sqsRequests }) => sqsRequests),
  };
}

/** What each further endpoint adds to a change. */
export function costOfEndpoint(one: UnitCost, many: UnitCost, further: number): UnitCost {
  return combine(many, one, (ofMany, ofOne) => (ofMany - ofOne) / further);
}

function combine(a: UnitCost, b: UnitCost, by: (a: number, b: number) => number): UnitCost {
  return {
    writeUnits: by(a.writeUnits, b.writeUnits),
    readUnits: by(a.readUnits, b.readUnits),
    invocations: by(a.invocations, b.invocations),
    sqsRequests: by(a.sqsRequests, b.sqsRequests),
  };
}

const heads = ['write units', 'read units', 'invocations', 'SQS requests'];

function cells({ writeUnits, readUnits, invocations, sqsRequests }: UnitCost): string[] {
  return [writeUnits, readUnits, invocations, sqsRequests].map(formatCount);
}

function renderChanges({ changes }: GrowthCounts): string {
  return renderTable(
    [
      'records in the table',
      'endpoints',
      ...heads.map((head) => `${head} a change`),
      `US dollars for ${monthlyChanges.toLocaleString('en')} changes, DynamoDB and SQS`,
    ],
    [
      ...changes.map(({ records, endpoints, run }) => ({
        records,
        endpoints: String(endpoints),
        cost: costOfChange(run),
      })),
      ...computedChanges(changes),
    ].map(({ records, endpoints, cost }) => {
      const dollars = (monthlyChanges * dollarsOf(cost)).toFixed(2);
      return [records.toLocaleString('en'), endpoints, ...cells(cost), dollars];
    }),
  );
}

/** Computes what a change takes with more endpoints than were counted. */
function computedChanges(changes: GrowthCounts['changes']) {
  const one = changes.find(({ endpoints }) => endpoints === 1);
  const many = changes.find(({ endpoints }) => endpoints > 1);
  if (!one || !many) return [];
  const cost = costWithEndpoints(computedEndpoints, costOfChange(one.run), {
    endpoints: many.endpoints,
    cost: costOfChange(many.run),
  });
  return [{ records: many.records, endpoints: `${computedEndpoints} (computed)`, cost }];
}

/**
 * What a change takes with more endpoints than `many`: what each further one added so far, and for
 * each pair of endpoints the read unit of a row that `deliver` reads at the end of a delivery.
 */
export function costWithEndpoints(
  endpoints: number,
  one: UnitCost,
  many: { readonly endpoints: number; readonly cost: UnitCost },
): UnitCost {
  const withoutPairs = (cost: UnitCost, of: number): UnitCost => ({
    ...cost,
    readUnits: cost.readUnits - of ** 2,
  });
  const [from, to] = [withoutPairs(one, 1), withoutPairs(many.cost, many.endpoints)];
  const each = costOfEndpoint(from, to, many.endpoints - 1);
  const batches = Math.ceil(endpoints / deliveriesPerBatch) - Math.ceil(many.endpoints / deliveriesPerBatch);
  return {
    writeUnits: to.writeUnits + each.writeUnits * (endpoints - many.endpoints),
    readUnits: to.readUnits + each.readUnits * (endpoints - many.endpoints) + endpoints ** 2,
    invocations: many.cost.invocations + batches,
    sqsRequests: many.cost.sqsRequests + batches * requestsPerBatch,
  };
}

/** What each further opportunity adds to a full pass, without what an empty account takes. */
function passCost({ passes: [few, many] }: GrowthCounts): UnitCost {
  if (!few || !many) throw new Error('The counts need two passes.');
  const [ofFew, ofMany] = [few, many].map(({ run }) => costOfPass(run));
  if (!ofFew || !ofMany) throw new Error('The counts need two passes.');
  return costOfEndpoint(ofFew, ofMany, many.opportunities - few.opportunities);
}

/** Unlike a change, a pass includes the function that runs it. */
function costOfPass({ functions }: CountedRun): UnitCost {
  const renamed = Object.entries(functions).map(([name, usage]) => [`${name} in a pass`, usage] as const);
  return costOfChange({ events: 1, functions: Object.fromEntries(renamed) });
}

function renderPasses(counts: GrowthCounts): string {
  const cost = passCost(counts);
  const share = readPurposes.reconcile.shareOfDay * readsPerDay;
  return renderTable(
    ['opportunities', 'reads of a full pass', 'days that it takes', 'US dollars, DynamoDB and SQS'],
    recordCounts.map((records) => [
      records.toLocaleString('en'),
      (records * readsPerOpportunity).toLocaleString('en'),
      ((records * readsPerOpportunity) / share).toFixed(2),
      (records * dollarsOf(cost)).toFixed(2),
    ]),
  );
}

function describe({ writeUnits, readUnits }: UnitCost): string {
  return `${formatCount(writeUnits)} write units and ${formatCount(readUnits)} read units`;
}

function dollarsOf({ writeUnits, readUnits, sqsRequests }: UnitCost): number {
  return (
    priceOf('writeUnits', writeUnits) + priceOf('readUnits', readUnits) + priceOf('sqsRequests', sqsRequests)
  );
}

function formatCount(count: number): string {
  return count.toLocaleString('en', { maximumFractionDigits: count < 100 ? 2 : 0 });
}
