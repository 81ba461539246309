import type { Command } from 'commander';
import type { Endpoint } from '../../../../lambdas/core/endpoint.ts';
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

const columns: readonly Column<Endpoint>[] = [
  { head: 'ENDPOINT', value: ({ id }) => id },
  { head: 'DESTINATION', value: destinationText },
  { head: 'TOPICS', value: ({ topics }) => topics.join(' ') },
  { head: 'CATALOGS', value: ({ catalogs }) => catalogs.join(' ') || 'all' },
  { head: 'STATE', value: stateText },
];

async function listEndpoints(options: JsonOption, io: Io): Promise<void> {
  const { endpoints, unreadable } = await (await io.relay()).endpoints.all();
  const sorted = endpoints.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  if (options.json === true) printJson(sorted.map(printedEndpoint), io);
  else printRows(sorted, { columns, nothing: 'No endpoints yet: add one with `pcr endpoints add`.' }, {}, io);
  for (const id of unreadable)
    io.note(
      `warning: ${id} cannot be read, and its deliveries wait: repair it with \`pcr endpoints update ${id}\`, or remove it.`,
    );
}
