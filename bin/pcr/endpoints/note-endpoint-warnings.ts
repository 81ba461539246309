import { isClientId } from '../../../lambdas/core/client-definition.ts';
import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { clientIds } from '../clients/find-client.ts';
import type { Io } from '../io.ts';
import type { Relay } from '../relay.ts';

type Warned = Pick<Endpoint, 'id' | 'filter' | 'topics' | 'client'>;

/**
 * Warns about filters that can match no message, and about unknown clients. The endpoints are
 * stored all the same: a later release of AWS may have what this release does not know, and a
 * client may be added later.
 * @param clientsAfter ids of all clients after the change. @default those of the stack
 * @returns the warnings, for `--json`
 */
export async function noteEndpointWarnings(
  endpoints: readonly Warned[],
  relay: Pick<Relay, 'commandClients'>,
  io: Pick<Io, 'note'>,
  clientsAfter?: readonly string[],
): Promise<readonly string[]> {
  const warnings = [
    ...(await filterWarningsOf(endpoints)),
    ...(await ownerWarnings(endpoints, relay, clientsAfter)),
  ];
  for (const warning of warnings) io.note(`warning: ${warning}`);
  return warnings;
}

async function filterWarningsOf(endpoints: readonly Warned[]): Promise<readonly string[]> {
  if (endpoints.every(({ filter }) => filter === undefined)) return [];
  // The schemas of the SDK take time to load, and few commands need them.
  const { filterWarnings } = await import('./filter-warnings.ts');
  return endpoints.flatMap(filterWarnings);
}

/** An endpoint of an unknown client gets no commands, and marks no echo. */
async function ownerWarnings(
  endpoints: readonly Warned[],
  relay: Pick<Relay, 'commandClients'>,
  clientsAfter: readonly string[] | undefined,
): Promise<readonly string[]> {
  const owners = endpoints.flatMap(({ id, client }) => {
    return client !== undefined && isClientId(client) ? [{ id, client }] : [];
  });
  if (owners.length === 0) return [];
  const known = clientsAfter ?? (await clientIds(relay));
  return owners
    .filter(({ client }) => !known.includes(client))
    .map(
      ({ id, client }) =>
        `${id} client: "${client}" is neither a client of this stack nor an ARN; clients: ${known.join(', ') || 'none yet, add one with `pcr clients add`'}`,
    );
}
