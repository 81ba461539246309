import type { Client } from '../../../lambdas/core/client.ts';
import { UsageError } from '../errors.ts';
import type { Relay } from '../relay.ts';

/** Also finds a client whose item is unreadable, so that it can be repaired or removed. */
export async function lookUpClient(
  id: string,
  { commandClients }: Pick<Relay, 'commandClients'>,
): Promise<Client | 'unreadable' | undefined> {
  const { clients, unreadable } = await commandClients.all();
  return clients.find((each) => each.id === id) ?? (unreadable.includes(id) ? 'unreadable' : undefined);
}

/** @throws UsageError that names the existing clients; ServiceError `client.unreadable` */
export async function findClient(id: string, relay: Pick<Relay, 'commandClients'>): Promise<Client> {
  const found = await relay.commandClients.find(id);
  if (!found) throw await missingClient(id, relay);
  return found;
}

/** The ids of all clients, also of unreadable ones. */
export async function clientIds({
  commandClients,
}: Pick<Relay, 'commandClients'>): Promise<readonly string[]> {
  const { clients, unreadable } = await commandClients.all();
  return [...clients.map(({ id }) => id), ...unreadable].toSorted();
}

export async function missingClient(id: string, relay: Pick<Relay, 'commandClients'>): Promise<UsageError> {
  const ids = await clientIds(relay);
  return new UsageError(
    `client ${id}: it does not exist; allowed: ${ids.join(', ') || 'none yet, add one with `pcr clients add`'}`,
  );
}
