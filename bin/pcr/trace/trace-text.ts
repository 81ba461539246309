import type { ListedDelivery } from '../../../lambdas/core/delivery.ts';
import { stringifyJson } from '../../../lambdas/core/json-text.ts';
import { statusOf } from '../deliveries/find-deliveries.ts';
import type { Screen } from '../screen.ts';
import type { LogLine } from '../stores/function-logs.ts';
import { type Column, details, table } from '../table.ts';
import type { TracedVersion } from './traced-version.ts';

/** What is known about one event. */
export interface Trace {
  readonly id: string;
  readonly versions: readonly TracedVersion[];
  readonly lines: readonly LogLine[];
  /** Parked messages that contain the id. Searched for only if there is no version. */
  readonly parked: readonly { readonly queue: string; readonly message: string; readonly code: string }[];
}

export function traceText({ versions, lines, parked }: Trace, screen: Screen): string {
  const parts = [
    ...versions.map((version) => versionText(version, screen)),
    ...(parked.length > 0 ? [table(parkedColumns, parked, screen)] : []),
    ...(lines.length > 0 ? [table(lineColumns, lines, screen)] : ['No log lines.']),
  ];
  return parts.join('\n\n');
}

function versionText(traced: TracedVersion, screen: Screen): string {
  const { cause, deliveries } = traced;
  const facts = details(
    [
      ['Record', traced.record],
      ['Version', `${traced.version}, ${traced.type}`],
      ['Caused by', `${cause.detailType} at ${cause.eventTime}`],
      ['Events', cause.eventIds.join(' ')],
      ['Correlation id', traced.correlationId],
      ['Read', traced.readAt],
      ['Message', traced.messageId],
    ],
    screen,
  );
  if (deliveries.length === 0)
    return `${facts}\n\nNo deliveries: no endpoint of today wanted it, or they are older than 30 days.`;
  return `${facts}\n\n${table(deliveryColumns, deliveries, screen)}`;
}

const deliveryColumns: readonly Column<ListedDelivery>[] = [
  { head: 'DELIVERY', value: ({ id }) => id, cut: 'never' },
  { head: 'ENDPOINT', value: ({ endpointId }) => endpointId },
  { head: 'STATUS', value: statusOf, isState: true },
  { head: 'ATTEMPTS', value: (row) => ('unreadable' in row ? undefined : row.attempts?.length) },
  { head: 'LAST', value: lastAttempt },
];

function lastAttempt(row: ListedDelivery): string | undefined {
  const last = 'unreadable' in row ? undefined : row.attempts?.at(-1);
  return last && [last.startedAt, last.outcome, last.status].filter(Boolean).join(' ');
}

const parkedColumns: readonly Column<Trace['parked'][number]>[] = [
  { head: 'PARKED IN', value: ({ queue }) => queue },
  { head: 'MESSAGE', value: ({ message }) => message, cut: 'never' },
  { head: 'CODE', value: ({ code }) => code },
];

const lineColumns: readonly Column<LogLine>[] = [
  { head: 'LOGGED', value: ({ at }) => at },
  { head: 'FUNCTION', value: ({ service }) => service },
  { head: 'EVENT', value: ({ event }) => event },
  { head: 'WITH', value: ({ fields }) => fieldsText(fields), cut: 'first' },
];

/** Members that are the same in every line of a trace, or say nothing about it. */
const omitted = new Set(['correlationId', 'function_request_id', 'cold_start', 'xray_trace_id', 'messageId']);

function fieldsText(fields: LogLine['fields']): string {
  return Object.entries(fields)
    .filter(([name]) => !omitted.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : stringifyJson(value)}`)
    .join(' ');
}
