import type { Command } from 'commander';
import { readContent } from '../../../../lambdas/commands/find-repeated.ts';
import { detailMembers } from '../../../../lambdas/commands/read-command.ts';
import { type CommandState, parseCommandState } from '../../../../lambdas/core/command-state.ts';
import { commandStateOf, lineKeyOf } from '../../../../lambdas/core/command-version.ts';
import type { JsonObject } from '../../../../lambdas/core/json.ts';
import { stringifyJson } from '../../../../lambdas/core/json-text.ts';
import { linePath } from '../../../../lambdas/core/line.ts';
import type { RecordState } from '../../../../lambdas/core/version.ts';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption, printJson } from '../../json.ts';
import type { Screen } from '../../screen.ts';
import { commandStoreOf } from '../../sent-commands/command-deps.ts';
import { commandArgument, findSentCommand } from '../../sent-commands/find-command.ts';
import { versionsOf } from '../../stores/record-versions.ts';
import { type Column, details, printable, table } from '../../table.ts';

/** `pcr commands show` */
export function addShowCommand(group: Command, io: Io): void {
  group
    .command('show')
    .description('What became of one command, with its history and, as long as it is kept, its request.')
    .argument('<command>', commandArgument)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'pcr commands show cmd_0123456789abcdef0123456789abcdef',
        'pcr commands show deal-4711/stage --json | jq .status',
      ),
    )
    .action((given: string, options: JsonOption) => showCommand(given, options, io));
}

async function showCommand(given: string, { json }: JsonOption, io: Io): Promise<void> {
  const relay = await io.relay();
  const command = await findSentCommand(given, relay);
  const content = await readContent(command, { records: relay.records, commands: commandStoreOf(relay) });
  const members = detailMembers({ command, content });
  const history = await readHistory(command, relay);
  if (json) printJson({ ...members, client: commandStateOf(command).client, history }, io);
  else io.print(commandText(command, members, history, io.out));
}

interface Step {
  readonly version: number;
  readonly occurredAt?: string | undefined;
  readonly status?: CommandState['status'] | undefined;
  readonly why?: string | undefined;
}

/** The versions of the command, oldest first. */
async function readHistory(
  command: RecordState,
  { clients, output }: Awaited<ReturnType<Io['relay']>>,
): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for await (const version of versionsOf(command, clients.dynamodb, output('RecordsTableName'))) {
    const state = 'unreadable' in version ? undefined : parseCommandState(version.payload);
    const occurredAt = 'unreadable' in version ? undefined : version.occurredAt;
    steps.push({ version: version.version, occurredAt, status: state?.status, why: state && whyOf(state) });
  }
  return steps.toReversed();
}

function whyOf({ reason, code, evidence }: CommandState): string | undefined {
  return reason ?? code ?? evidence;
}

function commandText(
  command: RecordState,
  members: JsonObject,
  history: readonly Step[],
  screen: Screen,
): string {
  const state = commandStateOf(command);
  const facts = [
    ['Command', command.id],
    ['Key', state.key],
    ['Client', state.client],
    ['Action', state.action],
    ['Target', linePath(lineKeyOf(command))],
    ['Number', state.number],
    ['Status', state.status],
    ['Why', whyOf(state)],
    ['Accepted', state.acceptedAt],
    ['Expires', state.expiresAt],
    ['Ended', state.endedAt],
    ['Paths', state.paths.join(' ')],
    ['Conflicts', state.conflicts?.join(' ')],
    ['Overwrites', state.overwrites?.join(' ')],
    ['Opportunity', state.opportunityId],
  ] as const;
  const bodies = ['problems', 'request'].flatMap((name) => {
    const value = members[name];
    return value === undefined ? [] : [`${name}: ${stringifyJson(value, '  ')}`];
  });
  const printed = bodies.map((text) => text.split('\n').map(printable).join('\n'));
  return [details(facts, screen), table(columns, history, screen), ...printed].join('\n\n');
}

const columns: readonly Column<Step>[] = [
  { head: 'VERSION', value: ({ version }) => version },
  { head: 'WHEN', value: ({ occurredAt }) => occurredAt },
  { head: 'STATUS', value: ({ status }) => status ?? 'unreadable', isState: true },
  { head: 'WHY', value: ({ why }) => why },
];
