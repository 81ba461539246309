import { type Command, InvalidArgumentError } from 'commander';
import { type RecordKey, recordPath } from '../../../../lambdas/core/record.ts';
import type { RecordState, Version } from '../../../../lambdas/core/version.ts';
import { UsageError } from '../../errors.ts';
import { firstOf } from '../../first-of.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption, printJson } from '../../json.ts';
import { printRows } from '../../output.ts';
import { catalogValue, type RecordGroup } from '../../records/record-groups.ts';
import { versionsOf } from '../../stores/record-versions.ts';
import { type Column, details, printable } from '../../table.ts';
import { wholeNumberValue } from '../../values.ts';

export interface Naming extends JsonOption {
  readonly catalog: string;
  /** AWS's own side of an opportunity. */
  readonly awsSummary?: boolean;
}

export function naming(command: Command, { kind, one, example }: RecordGroup): Command {
  command
    .argument('<id>', `id of the ${one}, e.g. ${example}`, idValue)
    .option('--catalog <name>', 'AWS or Sandbox', catalogValue, 'AWS');
  if (kind === 'opportunity') command.option('--aws-summary', "AWS's own side of the opportunity");
  return command.addOption(jsonOption());
}

function idValue(text: string): string {
  if (text !== '' && !text.includes('/')) return text;
  throw new InvalidArgumentError('Allowed: an id as AWS names it, without slashes.');
}

export function keyOf({ kind }: RecordGroup, id: string, { catalog, awsSummary }: Naming): RecordKey {
  return { catalog, kind: awsSummary ? 'aws-opportunity-summary' : kind, id };
}

export function addShow(command: Command, group: RecordGroup, io: Io): void {
  naming(command.command('show'), group)
    .description(`One ${group.one} as it stands, complete.`)
    .addHelpText('after', `\nExample:\n  pcr ${group.name} show ${group.example} --json | jq .payload`)
    .action(async (id: string, options: Naming) => {
      const key = keyOf(group, id, options);
      const state = await (await io.relay()).records.current(key);
      if (!state) throw missing(key);
      if (options.json) printJson(io, state);
      else io.print(stateText(state));
    });
}

function stateText(state: RecordState): string {
  const { attributes, links, solutions } = state;
  const facts = details([
    ['Record', recordPath(state)],
    ['Version', state.version],
    ['Title', attributes.title],
    ['Customer', attributes.customerName],
    ['Stage', attributes.stage],
    ['Review status', attributes.reviewStatus],
    ['Status', attributes.status],
    ['Due', attributes.dueOn],
    ['Engagement', attributes.engagementId],
    ['Modified by AWS', state.lastModifiedAt],
    ['Read', state.readAt],
    ['Access taken away', state.tombstone || undefined],
    ['Redacted', state.redacted || undefined],
    ...links.map(({ kind, id, via }) => ['Linked to', `${kind} ${id} (${via})`] as const),
    ...solutions.map(({ id, name }) => ['Solution', [id, name].filter(Boolean).join(' ')] as const),
  ]);
  const payload = JSON.stringify(state.payload, undefined, 2).split('\n').map(printable).join('\n');
  return `${facts}\n\n${payload}`;
}

export function addHistory(command: Command, group: RecordGroup, io: Io): void {
  naming(command.command('history'), group)
    .description(`The versions of one ${group.one}, newest first.`)
    .option('--limit <number>', 'at most so many', wholeNumberValue(1, 10_000), 50)
    .addHelpText('after', `\nExample:\n  pcr ${group.name} history ${group.example}`)
    .action(async (id: string, options: Naming & { readonly limit: number }) => {
      const key = keyOf(group, id, options);
      const { clients, output } = await io.relay();
      const versions = versionsOf(clients.dynamodb, output('RecordsTableName'), key);
      const { found, hasMore } = await firstOf(versions, options.limit);
      if (found.length === 0) throw missing(key);
      const shown = options.json ? found.map(withoutPayload) : found;
      printRows(io, options, shown, { columns: versionColumns, nothing: '' });
      if (hasMore) io.note(`There are more than these ${options.limit}: add --limit.`);
    });
}

type Shown = Omit<Version, 'payload'>;

function withoutPayload(version: Version): Shown {
  const { payload: _, ...shown } = version;
  return shown;
}

const versionColumns: readonly Column<Shown>[] = [
  { head: 'VERSION', value: ({ version }) => version },
  { head: 'WHEN', value: ({ occurredAt }) => occurredAt },
  { head: 'TYPE', value: ({ type }) => type },
  { head: 'TOPICS', value: ({ type, topics }) => topics.filter((topic) => topic !== type).join(' ') },
  { head: 'CHANGES', value: ({ changes }) => changes.length },
  { head: 'CAUSE', value: ({ cause }) => cause.detailType },
];

export function missing(key: RecordKey): UsageError {
  return new UsageError(
    `${key.id}: there is no ${recordPath(key)} in the table; see \`pcr … list --catalog ${key.catalog}\``,
  );
}
