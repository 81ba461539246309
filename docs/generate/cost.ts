import type { Template } from '../../local/host/template/template.ts';
import { type CountedRun, type Counts, readCounts } from './counts.ts';
import { estimateFixedCosts, readDeliverConcurrency } from './fixed-costs.ts';
import { renderTable } from './markdown-table.ts';
import {
  type CostLine,
  estimateEventCost,
  estimateSlownessCost,
  scheduled,
  sumDollars,
  total,
} from './month.ts';
import { type Price, priceOf, prices, readOn } from './prices.ts';

/** Events in a month. */
const volumes = [1_000, 100_000, 3_000_000] as const;

/**
 * Renders the costs of a month, what they are made of, the counts and the prices.
 * @param withCommands the template of a stack that takes commands
 * @param withDoors that of a stack with the signed door too
 */
export function renderCost(template: Template, withCommands: Template, withDoors: Template): string {
  const counts = readCounts();
  return [
    '## A month, in US dollars',
    renderMonths(template, counts),
    '## Without any event',
    renderFixedCosts(template, withCommands, withDoors, counts),
    '## Where the write units go',
    'Of one change of an opportunity in the recorded shape that reaches one endpoint:',
    renderWrites(counts.opportunities),
    '## What was counted',
    renderCounts(counts),
    '## Prices',
    renderPrices(),
  ].join('\n\n');
}

/** Estimates what must stay below the targets, in US dollars a month and in write units. */
export function estimateTargets(template: Template, counts: Counts) {
  const idle = sumDollars(estimateFixedCosts(template, counts));
  const [few, , many] = estimateVolumes(template, counts).map((lines) => sumDollars(lines) + idle);
  const { events } = counts.opportunities;
  const writeUnits = sumUnits(listWrites(counts.opportunities)) / events;
  return { idle, few, many, writeUnits };
}

function estimateVolumes(template: Template, { single }: Counts): readonly (readonly CostLine[])[] {
  return volumes.map((events) => estimateEventCost(single, events, readDeliverConcurrency(template)));
}

function renderMonths(template: Template, counts: Counts): string {
  const fixed = sumDollars(estimateFixedCosts(template, counts));
  const perVolume = estimateVolumes(template, counts);
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

function renderFixedCosts(
  template: Template,
  withCommands: Template,
  withDoors: Template,
  counts: Counts,
): string {
  const sumOf = (of: Template): string => formatDollars(sumDollars(estimateFixedCosts(of, counts)));
  const lines = estimateFixedCosts(template, counts);
  const rows = lines.map(({ what, usd }) => [what, formatDollars(usd)]);
  return renderTable(
    ['every month', 'US dollars'],
    [
      ...rows,
      ['**In all**', formatDollars(sumDollars(lines))],
      ['In all, with `relay:commands`', sumOf(withCommands)],
      ['In all, with `relay:commands` and `relay:signedCommands`', sumOf(withDoors)],
      ['Each client of the signed door, for its secret', formatDollars(priceOf('secret', 1))],
    ],
  );
}

interface Writes {
  readonly name: string;
  readonly place: string;
  readonly units: number;
}

/** Writes of all functions that run for events, the largest first. */
function listWrites({ functions }: CountedRun): readonly Writes[] {
  return Object.entries(functions)
    .filter(([name]) => !scheduled.includes(name))
    .flatMap(([name, { writeUnits }]) =>
      Object.entries(writeUnits).map(([place, units]) => ({ name, place, units })),
    )
    .toSorted((a, b) => b.units - a.units);
}

const sumUnits = (writes: readonly Writes[]): number => writes.reduce((sum, { units }) => sum + units, 0);

function renderWrites(run: CountedRun): string {
  const writes = listWrites(run);
  return renderTable(
    ['function', 'operation, and table or index', 'write units'],
    [
      ...writes.map(({ name, place, units }) => [name, place, formatPerEvent(units, run.events)]),
      ['**In all**', '', formatPerEvent(sumUnits(writes), run.events)],
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

export const formatPerEvent = (count: number, events: number): string =>
  (count / events).toLocaleString('en', { maximumFractionDigits: count / events < 100 ? 2 : 0 });

const costRow = (name: string, of: readonly number[]): string[] => [name, ...of.map(formatDollars)];

export const formatDollars = (usd: number): string => (usd > 0 && usd < 0.01 ? '< 0.01' : usd.toFixed(2));
