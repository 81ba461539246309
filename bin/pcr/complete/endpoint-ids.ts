import type { Io } from '../io.ts';

/** A shell that waits longer feels broken. */
const mostMs = 1_000;

/** Finds the ids of all endpoints. Any failure, and a stack that is slow, means none. */
export async function endpointIds({ relay, clock }: Pick<Io, 'relay' | 'clock'>): Promise<readonly string[]> {
  const found = await Promise.allSettled([Promise.race([idsOf(relay), clock.sleep(mostMs)])]);
  return found.flatMap((each) => (each.status === 'fulfilled' && each.value) || []);
}

async function idsOf(relay: Io['relay']): Promise<readonly string[]> {
  const { endpoints, unreadable } = await (await relay()).endpoints.all();
  return [...endpoints.map(({ id }) => id), ...unreadable].toSorted();
}
