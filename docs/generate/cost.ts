import type { Template } from '../../local/host/template/template.ts';
import { type CountedRun, type Counts, readCounts } from './counts.ts';
import { estimateFixedCosts, readDeliverConcurrency } from './fixed-costs.ts';
import { renderTable } from './markdown-table.ts';
import { estimateEventCost, estimateSlownessCost, scheduled, sumDollars, total } from './month.ts';
import { type Price, prices, readOn } from './prices.ts';

/** Events in a month. */
const volumes = [1_000, 100_000, 3_000_000] as const;

/** Renders the costs of a month, what they are made of, the counts and the prices. */
export function renderCost(template: Template): string {
  const counts = readCounts();
  return [
    '## A month, in US dollars',
    renderMonths(template, counts),
    '## Without any event',
    renderFixedCosts(template, counts),
    '## Where the write units go',
    renderWrites(counts.single),
    '## What was counted',
    renderCounts(counts),
    '## Prices',
    renderPrices(),
  ].join('\n\n');
}

function renderMonths(template: Template, counts: Counts): string {
  const fixed = sumDollars(estimateFixedCosts(template, counts));
  const perVolume = volumes.map((events) =>
    estimateEventCost(counts.single, events, readDeliverConcurrency(template)),
  );
  const bursts = volumes.map((events) =>
    estimateEventCost(counts.burst.run, events, readDeliverConcurrency(template)),
  );
  const names = perVolume[0]?.map(({ what }) => what) ?? [];
  return renderTable(
    ['a month of', ...volumes.map((events) => `${events.toLocaleString('en')} events`)],
    [
      ...names.map((name, index) =>
        costRow(
          name,
          perVolume.map((lines) => lines[index]?.usd ?? 0),
        ),
      ),
      costRow(
        'Without any event (below)',
        volumes.map(() => fixed),
      ),
      costRow(
        '**In all**',
        perVolume.map((lines) => sumDollars(lines) + fixed),
      ),
      costRow(
        `In all, if every change causes ${counts.burst.eventsPerChange} events`,
        bursts.map((lines) => sumDollars(lines) + fixed),
      ),
      costRow(
        'Each additional second of every invocation',
        volumes.map((events) => estimateSlownessCost(counts.single, events)),
      ),
    ],
  );
}

function renderFixedCosts(template: Template, counts: Counts): string {
  const lines = estimateFixedCosts(template, counts);
  const rows = lines.map(({ what, usd }) => [what, formatDollars(usd)]);
  return renderTable(
    ['every month', 'US dollars'],
    [...rows, ['**In all**', formatDollars(sumDollars(lines))]],
  );
}

/** Writes per event, of all functions that run for events, the largest first. */
function renderWrites({ events, functions }: CountedRun): string {
  const rows = Object.entries(functions)
    .filter(([name]) => !scheduled.includes(name))
    .flatMap(([name, { writeUnits }]) =>
      Object.entries(writeUnits).map(([place, units]) => ({ name, place, units })),
    )
    .toSorted((a, b) => b.units - a.units);
  const all = rows.reduce((sum, { units }) => sum + units, 0);
  return renderTable(
    ['function', 'operation, and table or index', 'write units per event'],
    [
      ...rows.map(({ name, place, units }) => [name, place, formatPerEvent(units, events)]),
      ['**In all**', '', formatPerEvent(all, events)],
    ],
  );
}

function renderCounts({ single, burst, countedOn, engine, machine }: Counts): string {
  return [
    `Counted on ${countedOn} on the local stage (${engine}; ${machine}), ${single.events} events one at a time:`,
    '',
    renderRun(single),
    '',
    `The same for ${burst.run.events} events, ${burst.eventsPerChange} at a time for each change:`,
    '',
    renderRun(burst.run),
  ].join('\n');
}

function renderPrices(): string {
  const rows = Object.values<Price>(prices).map(({ what, usd, per, unit, list, readAt, confirmed }) => [
    what,
    `${usd} for ${per === 1 ? 'a' : per.toLocaleString('en')} ${unit}`,
    `[AWS](${list})`,
    confirmed ? `[page](${readAt})` : 'not confirmed: see the list',
  ]);
  return `Read on ${readOn}, on pages that may be older. The list prices of AWS are authoritative.\n\n${renderTable(['price', 'US dollars', 'list', 'read at'], rows)}`;
}

function renderRun({ events, functions, webhooks, webhookBytes, versionBytes }: CountedRun): string {
  const rows = Object.entries(functions).map(([name, used]) => [
    name,
    formatPerEvent(used.invocations, events),
    (used.durationMs / used.invocations).toFixed(0),
    formatPerEvent(total(used.writeUnits), events),
    formatPerEvent(total(used.readUnits), events),
    formatPerEvent(used.sqsRequests, events),
    formatPerEvent(used.logBytes, events),
  ]);
  const heads = [
    'function, per event',
    'invocations',
    'ms of each',
    'write units',
    'read units',
    'SQS',
    'log bytes',
  ];
  return `${renderTable(heads, rows)}\n\nIn addition, per event: one message from EventBridge to a queue; ${formatPerEvent(webhookBytes, events)} bytes of webhooks (${formatPerEvent(webhooks, events)}); ${formatPerEvent(versionBytes, events)} bytes of versions.`;
}

const formatPerEvent = (count: number, events: number): string =>
  (count / events).toLocaleString('en', { maximumFractionDigits: count / events < 100 ? 2 : 0 });

const costRow = (name: string, of: readonly number[]): string[] => [name, ...of.map(formatDollars)];

const formatDollars = (usd: number): string => (usd > 0 && usd < 0.01 ? '< 0.01' : usd.toFixed(2));
