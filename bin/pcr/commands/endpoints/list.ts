import type { Endpoint } from '../../../../lambdas/core/endpoint.ts';
import { destinationText, shownEndpoint, stateText } from '../../endpoints/endpoint-text.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, printJson } from '../../json.ts';
import { printRows } from '../../output.ts';
import type { Column } from '../../table.ts';

const columns: readonly Column<Endpoint>[] = [
  { head: 'ENDPOINT', value: ({ id }) => id },
  { head: 'DESTINATION', value: destinationText },
  { head: 'TOPICS', value: ({ topics }) => topics.join(' ') },
  { head: 'CATALOGS', value: ({ catalogs }) => catalogs.join(' ') || 'all' },
  { head: 'STATE', value: stateText },
];

export async function listEndpoints(io: Io, options: JsonOption): Promise<void> {
  const { endpoints, unreadable } = await (await io.relay()).endpoints.all();
  const sorted = endpoints.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  if (options.json === true) printJson(io, sorted.map(shownEndpoint));
  else printRows(io, {}, sorted, { columns, nothing: 'No endpoints yet: add one with `pcr endpoints add`.' });
  for (const id of unreadable)
    io.note(
      `warning: ${id} cannot be read, and its deliveries wait: mend it with \`pcr endpoints update ${id}\`, or remove it.`,
    );
}
