import * as v from 'valibot';
import type { Template } from '../../local/host/template/template.ts';
import { type CommandCounts, readCommandCounts } from './command-counts.ts';
import { formatDollars, formatPerEvent } from './cost.ts';
import type { CountedRun, Usage } from './counts.ts';
import { readDeliverConcurrency } from './fixed-costs.ts';
import { renderTable } from './markdown-table.ts';
import { type CostLine, estimateEventCost, minutesPerMonth, scheduled, sumDollars, total } from './month.ts';
import { priceOf } from './prices.ts';
import { filterResources } from './stack-graph.ts';

/** Prices are for this many commands. Two decimals then tell doors apart. */
const commands = 1_000_000;
const gigabyte = 1e9;

/** @param withDoors the template of a stack with both doors */
export function renderCommandCost(withDoors: Template): string {
  const counts = readCommandCounts();
  const { countedOn, engine, machine, iam, signed } = counts;
  return [
    `Counted on ${countedOn} on the local stage (${engine}; ${machine}), ${iam.events} commands at each door, one at a time. Each moves the stage of an opportunity in the recorded shape, and succeeds. One endpoint gets the change. AWS's event about the change is read too.`,
    'At the door for callers with credentials of AWS:',
    renderUse(iam),
    'At the signed door:',
    renderUse(signed),
    `What ${commands.toLocaleString('en')} such commands cost. Partner Central takes 10,000 writes a day:`,
    renderDollars(counts, withDoors),
    renderMetrics(signed),
    renderFlood(counts, withDoors),
  ].join('\n\n');
}

/** What a command causes. The functions of each minute run without it too. */
const usedBy = ({ functions }: CountedRun): readonly (readonly [string, Usage])[] =>
  Object.entries(functions).filter(([name]) => !scheduled.includes(name));

function renderUse(run: CountedRun): string {
  const { events } = run;
  const rows = usedBy(run).map(([name, used]) => [
    name,
    formatPerEvent(used.invocations, events),
    (used.durationMs / used.invocations).toFixed(0),
    formatPerEvent(total(used.writeUnits), events),
    formatPerEvent(total(used.readUnits), events),
    formatPerEvent(used.sqsRequests, events),
    Object.entries(used.partnerCentralCalls)
      .map(([operation, count]) => `${formatPerEvent(count, events)} ${operation}`)
      .join(', '),
    formatPerEvent(used.logBytes, events),
  ]);
  const heads = [
    'invocations',
    'ms of each',
    'write units',
    'read units',
    'SQS',
    'Partner Central',
    'log bytes',
  ];
  return renderTable(['function, per command', ...heads], rows);
}

function renderDollars({ first, iam, signed }: CommandCounts, template: Template): string {
  // A cold worker reads both versions of the secret.
  const secretCalls = first.functions['Door']?.secretCalls ?? 0;
  const ofIam = estimateCommands(iam, template, 0);
  const ofSigned = estimateCommands(signed, template, secretCalls);
  const rows = ofIam.map(({ what, usd }, index) => [
    what,
    formatDollars(usd),
    formatDollars(ofSigned[index]?.usd ?? 0),
  ]);
  const sums = [ofIam, ofSigned].map((lines) => formatDollars(sumDollars(lines)));
  return renderTable(
    ['US dollars for 1,000,000 commands', 'with credentials of AWS', 'signed by a client'],
    [...rows, ['**In all**', ...sums]],
  );
}

/** @param secretCalls calls of the door for a command that finds a cold worker */
function estimateCommands(run: CountedRun, template: Template, secretCalls: number): readonly CostLine[] {
  const counted = estimateEventCost(run, commands, readDeliverConcurrency(template));
  return [
    { what: 'HTTP API', usd: priceOf('apiRequests', commands) },
    ...counted.filter(({ what }) => what !== 'Metrics of our own'),
    { what: 'Access log', usd: priceOf('logs', (commands * accessLogBytes(template)) / gigabyte) },
    {
      what: 'Secret of the client, if each command finds a cold worker',
      usd: priceOf('secretCalls', commands * secretCalls),
    },
  ];
}

const stageSchema = v.object({ AccessLogSettings: v.object({ Format: v.string() }) });

/** Size of the longest line. The names of variables are about as long as their values. */
function accessLogBytes(template: Template): number {
  const sizes = filterResources(template, 'AWS::ApiGatewayV2::Stage').map(({ properties }) =>
    Buffer.byteLength(v.parse(stageSchema, properties).AccessLogSettings.Format),
  );
  return Math.max(...sizes) + 1;
}

function renderMetrics({ functions }: CountedRun): string {
  const names = ['Door', 'Act'].flatMap((name) => Object.keys(functions[name]?.metrics ?? {}));
  return `In addition ${names.map((name) => `\`${name}\``).join(' and ')}, metrics of our own: at most ${formatDollars(priceOf('metric', 1))} US dollars a month each, for the hours in which they are sent.`;
}

/** What the API lets in of all callers of a door together. */
const throttleSchema = v.object({ DefaultRouteSettings: v.object({ ThrottlingRateLimit: v.number() }) });

/** The most that strangers can cost: a month of requests as fast as the API lets them in. */
function renderFlood({ refused }: CommandCounts, template: Template): string {
  const [{ properties } = { properties: {} }] = filterResources(template, 'AWS::ApiGatewayV2::Stage');
  const perSecond = v.parse(throttleSchema, properties).DefaultRouteSettings.ThrottlingRateLimit;
  const requests = perSecond * 60 * minutesPerMonth;
  const lines = [
    ...estimateEventCost(refused, requests, 0).filter(({ what }) => what !== 'SQS'),
    { what: 'HTTP API', usd: priceOf('apiRequests', requests) },
    { what: 'Access log', usd: priceOf('logs', (requests * accessLogBytes(template)) / gigabyte) },
  ];
  const { writeUnits = {}, readUnits = {} } = refused.functions['Door'] ?? {};
  return `A request that no client has signed takes ${formatPerEvent(total(writeUnits), refused.events)} write units and ${formatPerEvent(total(readUnits), refused.events)} read units of the signed door. A month of ${perSecond} of them a second, which is what the API lets in, costs ${formatDollars(sumDollars(lines))} US dollars.`;
}
