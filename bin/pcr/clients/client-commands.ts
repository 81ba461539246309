import { knownCatalogs } from '../../../lambdas/core/catalogs.ts';
import { endpointDefinition } from '../../../lambdas/core/endpoint-definition.ts';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import type { Relay } from '../relay.ts';
import { type ListedCommand, listCommands } from '../sent-commands/list-commands.ts';

/** The commands of a client that have not ended, in all catalogs. */
export async function openCommandsOf(client: string, relay: Relay): Promise<readonly ListedCommand[]> {
  const found: ListedCommand[] = [];
  for (const catalog of knownCatalogs)
    for (const status of ['accepted', 'waiting'])
      for await (const command of listCommands({ catalog, status, client }, relay))
        if (command.unreadable === undefined) found.push(command);
  return found;
}

/** The endpoints that name the client as theirs. */
export async function endpointsOf(
  client: string,
  { endpoints }: Pick<Relay, 'endpoints'>,
): Promise<readonly EndpointId[]> {
  const all = await endpoints.all();
  return all.endpoints
    .filter((endpoint) => endpointDefinition(endpoint)['client'] === client)
    .map(({ id }) => id)
    .toSorted();
}
