import type { Command } from 'commander';
import type { Instant } from '../../../../lambdas/core/instant.ts';
import type { Version } from '../../../../lambdas/core/version.ts';
import { firstOf } from '../../first-of.ts';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { printRows } from '../../output.ts';
import type { RecordGroup } from '../../records/record-groups.ts';
import { addKeyOptions, type KeyOptions, keyOf, missingRecord } from '../../records/record-key.ts';
import { type UnreadableVersion, versionsOf } from '../../stores/record-versions.ts';
import type { Cell, Column } from '../../table.ts';
import { instantValue, wholeNumberValue } from '../../values.ts';

interface HistoryOptions extends KeyOptions {
  readonly since?: Instant;
  readonly limit: number;
}

/** `pcr opportunities|invitations|engagements history` */
export function addHistoryCommand(command: Command, group: RecordGroup, io: Io): void {
  addKeyOptions(command.command('history'), group)
    .description(`The versions of one ${group.one}, newest first.`)
    .option('--since <time>', 'happened since then: 90m, 7d, 2026-03-01', instantValue(io.clock))
    .option('--limit <number>', 'maximum number of versions', wholeNumberValue(1, 10_000), 50)
    .addHelpText(
      'after',
      examples(
        `pcr ${group.name} history ${group.example}`,
        `pcr ${group.name} history ${group.example} --since 7d`,
      ),
    )
    .action((id: string, options: HistoryOptions) => showHistory(id, group, options, io));
}

async function showHistory(id: string, group: RecordGroup, options: HistoryOptions, io: Io): Promise<void> {
  const key = keyOf(id, group, options);
  const { clients, output } = await io.relay();
  const versions = () => versionsOf(key, clients.dynamodb, output('RecordsTableName'));
  const { since } = options;
  const { found, hasMore } = await firstOf(happenedSince(since, versions()), options.limit);
  if (found.length === 0 && !(await firstOf(versions(), 0)).hasMore) throw missingRecord(key);
  const rows = options.json ? found.map(withoutPayload) : found;
  printRows(rows, { columns, nothing: `No version since ${since ?? ''}.` }, options, io);
  if (hasMore) io.note(`There are more than these ${options.limit}: add --limit.`);
}

/** Unreadable versions have no time, and are kept. */
async function* happenedSince(
  since: Instant | undefined,
  versions: AsyncIterable<Version | UnreadableVersion>,
): AsyncIterable<Version | UnreadableVersion> {
  for await (const version of versions)
    if (since === undefined || 'unreadable' in version || version.occurredAt >= since) yield version;
}

type VersionRow = Omit<Version, 'payload'> | UnreadableVersion;

function withoutPayload(version: Version | UnreadableVersion): VersionRow {
  if ('unreadable' in version) return version;
  const { payload: _, ...row } = version;
  return row;
}

/** Columns of a version; of an unreadable one, its marker stands in the place of the type. */
function ofReadable(value: (row: Omit<Version, 'payload'>) => Cell): (row: VersionRow) => Cell {
  return (row) => ('unreadable' in row ? undefined : value(row));
}

const columns: readonly Column<VersionRow>[] = [
  { head: 'VERSION', value: ({ version }) => version },
  { head: 'WHEN', value: ofReadable(({ occurredAt }) => occurredAt) },
  {
    head: 'TYPE',
    value: (row) => ('unreadable' in row ? `unreadable: ${row.unreadable.join('; ')}` : row.type),
  },
  {
    head: 'TOPICS',
    value: ofReadable(({ type, topics }) => topics.filter((topic) => topic !== type).join(' ')),
    cut: 'first',
  },
  { head: 'CHANGES', value: ofReadable(({ changes }) => changes.length) },
  { head: 'CAUSE', value: ofReadable(({ cause }) => cause.detailType) },
];
