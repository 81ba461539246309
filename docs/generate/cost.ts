import type { Template } from '../../local/host/template.ts';
import { type CountedRun, type Counts, readCounts } from './counts.ts';
import { deliverConcurrency, fixedLines } from './fixed-costs.ts';
import { costOfEvents, costOfSlowness, total, totalOf } from './month.ts';
import { type Price, prices, readOn } from './prices.ts';
import { table } from './table.ts';

/** Events in a month. */
const volumes = [1_000, 100_000, 3_000_000] as const;

/** What a month costs, of what that is made, what was counted, and the prices. */
export function writeCost(template: Template): string {
  const counts = readCounts();
  return [
    '## A month, in US dollars',
    monthTable(template, counts),
    '## Without any event',
    fixedTable(template, counts),
    '## What was counted',
    countTables(counts),
    '## Prices',
    priceTable(),
  ].join('\n\n');
}

function monthTable(template: Template, counts: Counts): string {
  const fixed = totalOf(fixedLines(template, counts));
  const perVolume = volumes.map((events) =>
    costOfEvents(counts.single, events, deliverConcurrency(template)),
  );
  const bursts = volumes.map((events) =>
    costOfEvents(counts.burst.run, events, deliverConcurrency(template)),
  );
  const names = perVolume[0]?.map(({ what }) => what) ?? [];
  return table(
    ['a month of', ...volumes.map((events) => `${events.toLocaleString('en')} events`)],
    [
      ...names.map((name, index) =>
        row(
          name,
          perVolume.map((lines) => lines[index]?.usd ?? 0),
        ),
      ),
      row(
        'Without any event (below)',
        volumes.map(() => fixed),
      ),
      row(
        '**In all**',
        perVolume.map((lines) => totalOf(lines) + fixed),
      ),
      row(
        `In all, where every change comes as ${counts.burst.eventsPerChange} events`,
        bursts.map((lines) => totalOf(lines) + fixed),
      ),
      row(
        'Each second more in every invocation',
        volumes.map((events) => costOfSlowness(counts.single, events)),
      ),
    ],
  );
}

function fixedTable(template: Template, counts: Counts): string {
  const lines = fixedLines(template, counts);
  const rows = lines.map(({ what, usd }) => [what, dollars(usd)]);
  return table(['every month', 'US dollars'], [...rows, ['**In all**', dollars(totalOf(lines))]]);
}

function countTables({ single, burst, countedOn, engine, machine }: Counts): string {
  return [
    `Counted on ${countedOn} on the local stage (${engine}; ${machine}), ${single.events} events one at a time:`,
    '',
    countTable(single),
    '',
    `The same of ${burst.run.events} events, ${burst.eventsPerChange} for each change, told at once:`,
    '',
    countTable(burst.run),
  ].join('\n');
}

function priceTable(): string {
  const rows = Object.values<Price>(prices).map(({ what, usd, per, unit, list, readAt, confirmed }) => [
    what,
    `${usd} for ${per === 1 ? 'a' : per.toLocaleString('en')} ${unit}`,
    `[AWS](${list})`,
    confirmed ? `[page](${readAt})` : 'not confirmed: look at the list',
  ]);
  return `Read on ${readOn}, on pages that may be older; AWS's own list decides.\n\n${table(['price', 'US dollars', 'list', 'read at'], rows)}`;
}

function countTable({ events, functions, webhooks, webhookBytes, versionBytes }: CountedRun): string {
  const rows = Object.entries(functions).map(([name, used]) => [
    name,
    each(used.invocations, events),
    (used.durationMs / used.invocations).toFixed(0),
    each(total(used.writeUnits), events),
    each(total(used.readUnits), events),
    each(used.sqsRequests, events),
    each(used.logBytes, events),
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
  return `${table(heads, rows)}\n\nBesides, per event: one message of EventBridge to a queue; ${each(webhookBytes, events)} bytes of webhooks (${each(webhooks, events)}); ${each(versionBytes, events)} bytes of versions.`;
}

const each = (count: number, events: number): string =>
  (count / events).toLocaleString('en', { maximumFractionDigits: count / events < 100 ? 2 : 0 });

const row = (name: string, of: readonly number[]): string[] => [name, ...of.map(dollars)];

const dollars = (usd: number): string => (usd > 0 && usd < 0.01 ? '< 0.01' : usd.toFixed(2));
