import { type Command, Option } from 'commander';
import { isClientId } from '../../../../lambdas/core/client-definition.ts';
import { commandStatuses } from '../../../../lambdas/core/command-state.ts';
import { clientIds } from '../../clients/find-client.ts';
import { firstOf } from '../../first-of.ts';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption } from '../../json.ts';
import { printRows } from '../../output.ts';
import { catalogValue } from '../../records/record-groups.ts';
import type { Relay } from '../../relay.ts';
import { type ListedCommand, listCommands } from '../../sent-commands/list-commands.ts';
import type { Column } from '../../table.ts';
import { clientNameValue, wholeNumberValue } from '../../values.ts';

interface ListOptions extends JsonOption {
  readonly status?: string;
  readonly target?: string;
  readonly client?: string;
  readonly catalog: string;
  readonly limit: number;
}

/** `pcr commands list` */
export function addListCommand(group: Command, io: Io): void {
  group
    .command('list')
    .description('Commands of all clients, changed last first; with --status those that live longest first.')
    .addOption(new Option('--status <status>', 'only with this status').choices(commandStatuses))
    .option('--target <id>', 'only for this opportunity or invitation')
    .option('--client <client>', 'only of this client: its id, or the ARN of a caller', clientNameValue)
    .option('--catalog <name>', 'AWS or Sandbox', catalogValue, 'AWS')
    .option('--limit <number>', 'maximum number of commands', wholeNumberValue(1, 10_000), 50)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'pcr commands list --status waiting',
        'pcr commands list --client crm',
        'pcr commands list --target O1234567 --json',
      ),
    )
    .action((options: ListOptions) => printList(options, io));
}

async function printList({ limit, ...options }: ListOptions, io: Io): Promise<void> {
  const relay = await io.relay();
  const { found, hasMore } = await firstOf(listCommands(options, relay), limit);
  printRows(found, { columns, nothing: 'No such commands.' }, options, io);
  if (found.length === 0) await noteUnknownClient(options, relay, io);
  if (hasMore) io.note(`There are more than these ${limit}: add --limit, or narrow it down.`);
}

/** A client that was removed still has its commands. */
async function noteUnknownClient(
  { client }: Pick<ListOptions, 'client'>,
  relay: Relay,
  io: Pick<Io, 'note'>,
): Promise<void> {
  if (client === undefined || !isClientId(client)) return;
  const ids = await clientIds(relay);
  if (!ids.includes(client)) io.note(`There is no client ${client}; clients: ${ids.join(', ') || 'none'}.`);
}

const columns: readonly Column<ListedCommand>[] = [
  { head: 'ID', value: ({ id }) => id, cut: 'never' },
  {
    head: 'STATUS',
    value: ({ status, unreadable }) => status ?? `unreadable: ${unreadable ?? ''}`,
    isState: true,
  },
  { head: 'WHY', value: ({ reason, code, evidence }) => reason ?? code ?? evidence },
  { head: 'ACTION', value: ({ action }) => action },
  { head: 'TARGET', value: ({ target }) => target?.id, cut: 'never' },
  { head: 'CLIENT', value: ({ client }) => client, cut: 'first' },
  { head: 'ACCEPTED', value: ({ acceptedAt }) => acceptedAt },
  { head: 'KEY', value: ({ key }) => key },
];
