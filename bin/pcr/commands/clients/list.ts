import type { Command } from 'commander';
import type { Client } from '../../../../lambdas/core/client.ts';
import { approvalText, printedClient, stateText, writableText } from '../../clients/client-text.ts';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption, printJson } from '../../json.ts';
import { printRows } from '../../output.ts';
import type { Column } from '../../table.ts';

/** `pcr clients list` */
export function addListCommand(group: Command, io: Io): void {
  group
    .command('list')
    .description('All clients that sign commands, what they may do, and whether they are enabled.')
    .addOption(jsonOption())
    .addHelpText('after', examples('pcr clients list', 'pcr clients list --json'))
    .action((options: JsonOption) => listClients(options, io));
}

/** A client, or the id of one whose row was edited by hand and is invalid. */
type ListedClient = Client | { readonly id: string; readonly state: 'unreadable' };

function ifReadable(value: (client: Client) => string | number): (row: ListedClient) => string | undefined {
  return (row) => ('state' in row ? undefined : String(value(row)));
}

const columns: readonly Column<ListedClient>[] = [
  { head: 'CLIENT', value: ({ id }) => id, cut: 'never' },
  { head: 'ACTIONS', value: ifReadable(({ actions }) => actions.join(' ')), cut: 'first' },
  { head: 'CATALOGS', value: ifReadable(({ catalogs }) => catalogs.join(' ')) },
  { head: 'WRITABLE', value: ifReadable(writableText), cut: 'first' },
  { head: 'NEVER', value: ifReadable(({ never }) => never.join(' ')), cut: 'first' },
  { head: 'APPROVAL', value: ifReadable(approvalText), cut: 'first' },
  { head: 'STATE', value: (row) => ('state' in row ? row.state : stateText(row)), isState: true },
];

async function listClients(options: JsonOption, io: Io): Promise<void> {
  const { clients, unreadable } = await (await io.relay()).commandClients.all();
  const sorted = clients.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  const marked = unreadable.toSorted().map((id) => ({ id, state: 'unreadable' as const }));
  const nothing = 'No clients yet: add one with `pcr clients add`.';
  if (options.json === true) printJson([...sorted.map(printedClient), ...marked], io);
  else printRows([...sorted, ...marked], { columns, nothing }, {}, io);
  for (const id of unreadable)
    io.note(
      `warning: ${id} cannot be read, and its requests are refused: repair it with \`pcr clients update\`, or remove it: \`pcr clients remove ${id}\`.`,
    );
}
