import { type Command, Option } from 'commander';
import { stringify } from 'csv-stringify/sync';
import { type Instant, instantOf } from '../../../lambdas/core/instant.ts';
import { firstOf } from '../first-of.ts';
import type { Io } from '../io.ts';
import { type JsonOption, jsonOption } from '../json.ts';
import { printRows } from '../output.ts';
import {
  catalogValue,
  dayValue,
  invitationStatuses,
  nameValue,
  type RecordGroup,
  recordGroups,
  reviewStatuses,
  spelled,
  stages,
} from '../records/record-groups.ts';
import { listRecords, type RecordFilter, type RecordRow } from '../stores/record-list.ts';
import { durationValue, instantValue, wholeNumberValue } from '../values.ts';
import { addDiff } from './records/diff.ts';
import { addHistory, addShow } from './records/show.ts';

/** `pcr opportunities|invitations|engagements list|show|history|diff` */
export function addRecordsCommands(program: Command, io: Io): void {
  for (const group of recordGroups) {
    const command = program
      .command(group.name)
      .description(`The ${group.name} that are stored: lists, one of them, its versions and what changed.`);
    addList(command, group, io);
    addShow(command, group, io);
    addHistory(command, group, io);
    addDiff(command, group, io);
  }
}

interface Listing
  extends JsonOption,
    Pick<RecordFilter, 'customer' | 'reviewStatus' | 'dueBefore' | 'updatedSince'> {
  readonly catalog: string;
  readonly stage?: string;
  readonly status?: string;
  /** Milliseconds. */
  readonly expiringWithin?: number;
  readonly limit: number;
  readonly csv?: boolean;
}

const mostListed = 100_000;

function addList(command: Command, group: RecordGroup, io: Io): void {
  const list = command.command('list').description(`Which ${group.name} there are; ${orders[group.kind]}.`);
  addNarrowing(list, group);
  list
    .option('--updated-since <time>', 'modified since then: 12h, 7d, 2026-03-01', instantValue(io.clock))
    .option('--catalog <name>', 'AWS or Sandbox', catalogValue, 'AWS')
    .option('--limit <number>', 'at most so many', wholeNumberValue(1, mostListed), 50)
    .addOption(jsonOption())
    .addOption(new Option('--csv', 'print CSV with a line of names, for spreadsheets').conflicts('json'))
    .addHelpText('after', examples[group.kind])
    .action(async (options: Listing) => {
      const relay = await io.relay();
      const filter = filterOf(group, options, instantOf(io.clock.nowMs()));
      const rows = listRecords(relay.clients.dynamodb, relay.output('RecordsTableName'), filter);
      const { found, hasMore } = await firstOf(rows, options.limit);
      if (options.csv) io.print(csvOf(group, found));
      else printRows(io, options, found, { columns: group.columns, nothing: `No such ${group.name}.` });
      if (hasMore) io.note(`There are more than these ${options.limit}: add --limit, or narrow it down.`);
    });
}

function addNarrowing(list: Command, { kind }: RecordGroup): void {
  if (kind === 'engagement') return;
  if (kind === 'opportunity')
    list
      .option('--stage <stage>', `one of ${stages.join(', ')}`, spelled(stages))
      .option('--review-status <status>', `one of ${reviewStatuses.join(', ')}`, spelled(reviewStatuses))
      .option('--due-before <day>', 'target close date before this day, e.g. 2026-06-30', dayValue);
  else
    list
      .option('--status <status>', `one of ${invitationStatuses.join(', ')}`, spelled(invitationStatuses))
      .option('--expiring-within <time>', 'pending ones that expire within 12h, 3d, …', durationValue)
      .option('--due-before <day>', 'expiring before this day, e.g. 2026-06-30', dayValue);
  list.option('--customer <name>', 'customers whose name begins so, in any case', nameValue);
}

const orders: Readonly<Record<RecordGroup['kind'], string>> = {
  opportunity: 'last modified first, or next to close first with --stage',
  'engagement-invitation': 'last read first, or next to expire first with --status and --expiring-within',
  engagement: 'last modified first',
};

const examples: Readonly<Record<RecordGroup['kind'], string>> = {
  opportunity: `
Examples:
  pcr opportunities list --stage Qualified --due-before 2026-06-30
  pcr opportunities list --customer 'example corp' --json
  pcr opportunities list --updated-since 7d --limit 10000 --csv > opportunities.csv`,
  'engagement-invitation': `
Examples:
  pcr invitations list --expiring-within 3d
  pcr invitations list --status REJECTED --updated-since 2026-03-01 --json`,
  engagement: `
Examples:
  pcr engagements list --updated-since 7d
  pcr engagements list --catalog Sandbox --json`,
};

function filterOf({ kind }: RecordGroup, options: Listing, now: Instant): RecordFilter {
  const { catalog, stage, status, reviewStatus, customer, expiringWithin, updatedSince } = options;
  const common = { catalog, kind, reviewStatus, customer, updatedSince };
  if (expiringWithin === undefined)
    return { ...common, state: stage ?? status, dueBefore: options.dueBefore };
  const until = instantOf(Date.parse(now) + expiringWithin);
  const { dueBefore = until } = options;
  // A day sorts before the instants in it, as it should.
  return {
    ...common,
    state: status ?? 'PENDING',
    dueFrom: now,
    dueBefore: dueBefore < until ? dueBefore : until,
  };
}

/** A title may begin like a formula, and spreadsheets would run it. */
function csvOf({ members }: RecordGroup, rows: readonly RecordRow[]): string {
  const options = { header: true, columns: [...members], escape_formulas: true };
  const cast = { boolean: (value: boolean) => String(value) };
  return stringify([...rows], { ...options, cast }).trimEnd();
}
