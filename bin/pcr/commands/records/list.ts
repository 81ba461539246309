import { type Command, Option } from 'commander';
import { stringify } from 'csv-stringify/sync';
import { type Instant, instantOf } from '../../../../lambdas/core/instant.ts';
import { reviewStatuses, stages } from '../../../../lambdas/core/opportunity-values.ts';
import { nearest } from '../../field-problem.ts';
import { firstOf } from '../../first-of.ts';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption } from '../../json.ts';
import { printRows } from '../../output.ts';
import {
  catalogValue,
  dayValue,
  idValue,
  invitationStatuses,
  nameValue,
  normalizeCase,
  type RecordGroup,
} from '../../records/record-groups.ts';
import { type ListedRecord, listRecords, type RecordFilter } from '../../stores/record-list.ts';
import { durationValue, instantValue, wholeNumberValue } from '../../values.ts';

interface ListOptions
  extends JsonOption,
    Pick<RecordFilter, 'customer' | 'partnerId' | 'reviewStatus' | 'dueBefore' | 'updatedSince'> {
  readonly catalog: string;
  readonly stage?: string;
  readonly status?: string;
  /** Milliseconds. */
  readonly expiringWithin?: number;
  readonly limit: number;
  readonly csv?: boolean;
}

/** `pcr opportunities|invitations|engagements list` */
export function addListCommand(command: Command, group: RecordGroup, io: Io): void {
  const list = command.command('list').description(`Stored ${group.name}; ${orders[group.kind]}.`);
  addFilterOptions(list, group);
  list
    .option('--updated-since <time>', 'modified since then: 12h, 7d, 2026-03-01', instantValue(io.clock))
    .option('--catalog <name>', 'AWS or Sandbox', catalogValue, 'AWS')
    .option('--limit <number>', 'maximum number of records', wholeNumberValue(1, 100_000), 50)
    .addOption(jsonOption())
    .addOption(new Option('--csv', 'print CSV with a header line, for spreadsheets').conflicts('json'))
    .addHelpText('after', examples(...exampleLines[group.kind]))
    .action((options: ListOptions) => printList(group, options, io));
}

async function printList(group: RecordGroup, options: ListOptions, io: Io): Promise<void> {
  const relay = await io.relay();
  const filter = filterOf(group, options, instantOf(io.clock.nowMs()));
  const rows = listRecords(filter, relay.clients.dynamodb, relay.output('RecordsTableName'));
  const { found, hasMore } = await firstOf(rows, options.limit);
  noteUnknown(options, io);
  if (options.csv) io.print(csvOf(group, found));
  else printRows(found, { columns: columnsOf(group, found), nothing: `No such ${group.name}.` }, options, io);
  if (hasMore) io.note(`There are more than these ${options.limit}: add --limit, or narrow it down.`);
}

/** AWS sends values outside of its model, so they are only noted. */
function noteUnknown({ stage, status, reviewStatus }: ListOptions, io: Io): void {
  const given = [
    ['--stage', stage, stages],
    ['--status', status, invitationStatuses],
    ['--review-status', reviewStatus, reviewStatuses],
  ] as const;
  for (const [option, value, known] of given) {
    if (value === undefined || known.some((each) => each === value)) continue;
    const near = nearest(value, known);
    const advice = near === undefined ? `known: ${known.join(', ')}` : `did you mean ${near}?`;
    io.note(`warning: ${option} ${value}: this release does not know it; ${advice}`);
  }
}

/** Only rows that were edited by hand need the last column. */
function columnsOf({ columns }: RecordGroup, rows: readonly ListedRecord[]): RecordGroup['columns'] {
  const isUnreadable = rows.some(({ unreadable }) => unreadable !== undefined);
  return isUnreadable ? [...columns, { head: 'UNREADABLE', value: ({ unreadable }) => unreadable }] : columns;
}

function addFilterOptions(list: Command, { kind }: RecordGroup): void {
  if (kind === 'engagement') return;
  if (kind === 'opportunity')
    list
      .option('--stage <stage>', `one of ${stages.join(', ')}`, normalizeCase(stages))
      .option(
        '--review-status <status>',
        `one of ${reviewStatuses.join(', ')}`,
        normalizeCase(reviewStatuses),
      )
      .option('--due-before <day>', 'target close date before this day, e.g. 2026-06-30', dayValue)
      .option('--partner-id <id>', 'your own id of the opportunity, as Partner Central has it', idValue);
  else
    list
      .option(
        '--status <status>',
        `one of ${invitationStatuses.join(', ')}`,
        normalizeCase(invitationStatuses),
      )
      .option('--expiring-within <time>', 'pending, and expiring within 12h, 3d, …', durationValue)
      .option('--due-before <day>', 'expiring before this day, e.g. 2026-06-30', dayValue);
  list.option(
    '--customer-name, --customer <name>',
    'start of the customer name, in upper or lower case',
    nameValue,
  );
}

const orders: Readonly<Record<RecordGroup['kind'], string>> = {
  opportunity: 'last modified first, or next to close first with --stage',
  'engagement-invitation': 'last read first, or next to expire first with --status and --expiring-within',
  engagement: 'last modified first',
};

const exampleLines: Readonly<Record<RecordGroup['kind'], readonly string[]>> = {
  opportunity: [
    'pcr opportunities list --stage Qualified --due-before 2026-06-30',
    "pcr opportunities list --customer 'example corp' --json",
    'pcr opportunities list --partner-id CRM-10023',
    'pcr opportunities list --updated-since 7d --limit 10000 --csv > opportunities.csv',
  ],
  'engagement-invitation': [
    'pcr invitations list --expiring-within 3d',
    'pcr invitations list --status REJECTED --updated-since 2026-03-01 --json',
  ],
  engagement: ['pcr engagements list --updated-since 7d', 'pcr engagements list --catalog Sandbox --json'],
};

function filterOf({ kind }: RecordGroup, options: ListOptions, now: Instant): RecordFilter {
  const { catalog, stage, status, reviewStatus, customer, partnerId, expiringWithin, updatedSince } = options;
  const common = { catalog, kind, reviewStatus, customer, partnerId, updatedSince };
  if (expiringWithin === undefined)
    return { ...common, state: stage ?? status, dueBefore: options.dueBefore };
  const until = instantOf(Date.parse(now) + expiringWithin);
  const { dueBefore = until } = options;
  // As texts, a day sorts before the instants of that day.
  return {
    ...common,
    state: status ?? 'PENDING',
    dueFrom: now,
    dueBefore: dueBefore < until ? dueBefore : until,
  };
}

/** Escapes titles that start like a formula: spreadsheets would run them. */
function csvOf({ members }: RecordGroup, rows: readonly ListedRecord[]): string {
  const options = { header: true, columns: [...members], escape_formulas: true };
  const cast = { boolean: (value: boolean) => String(value) };
  return stringify([...rows], { ...options, cast }).trimEnd();
}
