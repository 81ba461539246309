import type { Io } from '../io.ts';
import type { Relay } from '../relay.ts';
import type { StoredKind } from './offers.ts';

/** How long a completion waits for the stack: the shell shows nothing meanwhile. */
const mostMs = 1_000;

/** Finds the ids of all endpoints or clients. Returns none if the stack fails or is slow. */
export async function storedIds(
  kind: StoredKind,
  { relay, clock }: Pick<Io, 'relay' | 'clock'>,
): Promise<readonly string[]> {
  const ids = relay().then(idsOf[kind]);
  const found = await Promise.allSettled([Promise.race([ids, clock.sleep(mostMs)])]);
  return found.flatMap((each) => (each.status === 'fulfilled' && each.value) || []);
}

const idsOf: Readonly<Record<StoredKind, (relay: Relay) => Promise<readonly string[]>>> = {
  async endpoint(relay) {
    const { endpoints, unreadable } = await relay.endpoints.all();
    return [...endpoints.map(({ id }) => id), ...unreadable].toSorted();
  },
  async client({ commandClients }) {
    const { clients, unreadable } = await commandClients.all();
    return [...clients.map(({ id }) => id), ...unreadable].toSorted();
  },
};
