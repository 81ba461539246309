import { type Command, Option } from 'commander';
import pMap from 'p-map';
import { maxClockSkewMs } from '../../../lambdas/core/clock-skew.ts';
import { matchesTopic } from '../../../lambdas/core/endpoint.ts';
import { addMs, dayMs, type Instant, instantOf } from '../../../lambdas/core/instant.ts';
import { type RecordKind, recordKinds } from '../../../lambdas/core/record.ts';
import { type ChangedVersion, changesText, readChangedVersion } from '../changes/changed-version.ts';
import { kindsWithTopics } from '../changes/kinds-with-topics.ts';
import { UsageError } from '../errors.ts';
import { concurrency, firstOf } from '../first-of.ts';
import { examples } from '../help.ts';
import type { Io } from '../io.ts';
import { type JsonOption, jsonOption } from '../json.ts';
import { printRows } from '../output.ts';
import { catalogValue } from '../records/record-groups.ts';
import type { ListedVersion } from '../stores/version-list.ts';
import type { Column } from '../table.ts';
import { instantValue, topicValues, wholeNumberValue } from '../values.ts';

interface ChangesOptions extends JsonOption {
  readonly since?: Instant;
  readonly topic?: readonly string[];
  readonly kind?: RecordKind;
  readonly catalog: string;
  readonly limit: number;
}

/** The index is read once for each day. */
const mostDays = 366;
const defaultDays = 7;

/** `pcr changes` */
export function addChangesCommand(command: Command, io: Io): void {
  command
    .option('--since <time>', 'learnt since then: 12h, 7d, 2026-03-01 (default: 7d)', instantValue(io.clock))
    .option('--topic <topic>', 'with this topic, * for any run of characters; may be repeated', topicValues)
    .addOption(
      new Option(
        '--kind <kind>',
        'of records of this kind (default: opportunity, or those with the topics)',
      ).choices(recordKinds),
    )
    .option('--catalog <name>', 'AWS or Sandbox', catalogValue, 'AWS')
    .option('--limit <number>', 'maximum number of versions', wholeNumberValue(1, 10_000), 50)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'pcr changes',
        'pcr changes --since 1d --topic opportunity.stage_changed',
        "pcr changes --topic 'engagement_invitation.*' --limit 200 --json",
      ),
    )
    .action((options: ChangesOptions) => printChanges(options, io));
}

async function printChanges(options: ChangesOptions, io: Io): Promise<void> {
  const { topic: topics = [], kind, catalog, limit } = options;
  const now = instantOf(io.clock.nowMs());
  const since = options.since ?? addMs(now, -defaultDays * dayMs);
  assertRecent(since, now);
  const kinds = kindsWithTopics(kind, topics);
  const { clients, output, records } = await io.relay();
  const { changesByDay } = await import('../stores/changes-by-day.ts');
  const query = { catalog, kinds, since, until: addMs(now, maxClockSkewMs) };
  const entries = changesByDay(query, clients.dynamodb, output('RecordsTableName'));
  const { found, hasMore } = await firstOf(withTopics(topics, entries), limit);
  const rows = await pMap(found, (entry) => readChangedVersion(entry, records), { concurrency });
  printRows(rows, { columns, nothing: `No change since ${since}.` }, options, io);
  if (hasMore) io.note(`There are more than these ${limit}: add --limit, or narrow it down.`);
}

/** @throws UsageError */
function assertRecent(since: Instant, now: Instant): void {
  const earliest = addMs(now, -mostDays * dayMs);
  if (since >= earliest) return;
  throw new UsageError(
    `--since ${since}: more than ${mostDays} days ago; allowed: ${earliest} or later. Earlier changes: \`pcr export changes --out export/changes\`.`,
  );
}

async function* withTopics(
  patterns: readonly string[],
  entries: AsyncIterable<ListedVersion>,
): AsyncIterable<ListedVersion> {
  for await (const entry of entries) {
    const isWanted = patterns.some((pattern) => entry.topics.some((topic) => matchesTopic(pattern, topic)));
    if (patterns.length === 0 || isWanted) yield entry;
  }
}

const columns: readonly Column<ChangedVersion>[] = [
  { head: 'WHEN', value: ({ knownAt }) => knownAt },
  { head: 'ID', value: ({ id }) => id, cut: 'never' },
  { head: 'VERSION', value: ({ version }) => version },
  { head: 'CUSTOMER', value: ({ customerName }) => customerName, cut: 'first' },
  { head: 'TITLE', value: ({ title }) => title, cut: 'first' },
  { head: 'CHANGES', value: changesText, cut: 'first', isExact: true },
];
