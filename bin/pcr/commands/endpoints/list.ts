import type { Command } from 'commander';
import type { Endpoint } from '../../../../lambdas/core/endpoint.ts';
import { instantOf } from '../../../../lambdas/core/instant.ts';
import { destinationText, printedEndpoint, stateText } from '../../endpoints/endpoint-text.ts';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption, printJson } from '../../json.ts';
import { printRows } from '../../output.ts';
import type { Column } from '../../table.ts';

/** `pcr endpoints list` */
export function addListCommand(group: Command, io: Io): void {
  group
    .command('list')
    .description('All endpoints, and whether they are enabled.')
    .addOption(jsonOption())
    .addHelpText('after', examples('pcr endpoints list', 'pcr endpoints list --json'))
    .action((options: JsonOption) => listEndpoints(options, io));
}

/** An endpoint, or the id of one whose row was edited by hand and is invalid. */
type ListedEndpoint = Endpoint | { readonly id: string; readonly state: 'unreadable' };

function ifReadable(value: (endpoint: Endpoint) => string): (row: ListedEndpoint) => string | undefined {
  return (row) => ('state' in row ? undefined : value(row));
}

const columns: readonly Column<ListedEndpoint>[] = [
  { head: 'ENDPOINT', value: ({ id }) => id, cut: 'never' },
  { head: 'DESTINATION', value: ifReadable(destinationText), cut: 'first' },
  { head: 'TOPICS', value: ifReadable(({ topics }) => topics.join(' ')), cut: 'first' },
  { head: 'CATALOGS', value: ifReadable(({ catalogs }) => catalogs.join(' ') || 'all') },
  { head: 'STATE', value: (row) => ('state' in row ? row.state : stateText(row)), isState: true },
];

async function listEndpoints(options: JsonOption, io: Io): Promise<void> {
  const { endpoints, unreadable } = await (await io.relay()).endpoints.all();
  const now = instantOf(io.clock.nowMs());
  // An expired listener gets nothing, and DynamoDB is about to delete it.
  const live = endpoints.filter(
    ({ destination }) => destination.kind !== 'listener' || destination.expiresAt > now,
  );
  const sorted = live.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  const marked = unreadable.toSorted().map((id) => ({ id, state: 'unreadable' as const }));
  const nothing = 'No endpoints yet: add one with `pcr endpoints add`.';
  if (options.json === true) printJson([...sorted.map(printedEndpoint), ...marked], io);
  else printRows([...sorted, ...marked], { columns, nothing }, {}, io);
  for (const id of unreadable)
    io.note(
      `warning: ${id} cannot be read, and its deliveries wait: repair it with \`pcr endpoints update\`, or remove it: \`pcr endpoints remove ${id}\`.`,
    );
}
