import pMap from 'p-map';
import type { DeliveryEntry } from '../../../lambdas/core/delivery.ts';
import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import { addMs, type Instant, instantOf } from '../../../lambdas/core/instant.ts';
import type { Clock } from '../../../lambdas/ports/clock.ts';
import { unfinishedDeliveries } from '../endpoints/cancel-deliveries.ts';
import { CommandError } from '../errors.ts';
import { concurrency } from '../first-of.ts';
import type { Relay } from '../relay.ts';

export interface ListenDeps extends Pick<Relay, 'endpoints' | 'deliveries'> {
  readonly clock: Clock;
  readonly interrupted: AbortSignal;
  /**
   * Called for each delivery, oldest first. Returns false if the server is down: the rest waits.
   */
  readonly forward: (entry: DeliveryEntry) => Promise<boolean>;
}

/** An endpoint without a destination: its deliveries are held until this command fetches them. */
export type ListenerDefinition = Omit<Endpoint, 'destination'>;

/** A listener that is not renewed expires after this time. */
const expiresAfterMs = 3 * 60_000;
const renewalMs = 60_000;
const pollMs = 1_000;
/**
 * Overlap of two polls, because the index is eventually consistent. Later entries are found by the
 * next full poll.
 */
const overlapMs = 2 * 60_000;

/**
 * Adds a temporary endpoint, forwards its held deliveries until interrupted, then removes it and
 * cancels the rest.
 * @throws CommandError if the endpoint was removed meanwhile
 */
export async function listen(
  definition: ListenerDefinition,
  deps: ListenDeps,
): Promise<{ readonly cancelled: number }> {
  const { endpoints, clock, interrupted } = deps;
  await removeExpired(deps);
  await endpoints.add(listenerOf(definition, clock));
  let renewedAtMs = clock.nowMs();
  let since: Instant | undefined;
  try {
    while (!interrupted.aborted) {
      if (clock.nowMs() - renewedAtMs >= renewalMs) {
        await renew(definition, deps);
        renewedAtMs = clock.nowMs();
        // A full poll also finds deliveries that wait for long, and retried ones.
        since = undefined;
      }
      const polledAt = instantOf(clock.nowMs());
      const isDone = await forwardHeld(definition.id, since, deps);
      since = isDone ? addMs(polledAt, -overlapMs) : undefined;
      if (!interrupted.aborted) await clock.sleep(pollMs);
    }
  } finally {
    await endpoints.remove(definition.id);
  }
  return { cancelled: await cancelLeft(definition.id, deps) };
}

function listenerOf(definition: ListenerDefinition, clock: Clock): Endpoint {
  const expiresAt = instantOf(clock.nowMs() + expiresAfterMs);
  return { ...definition, destination: { kind: 'listener', expiresAt } };
}

async function renew(definition: ListenerDefinition, { endpoints, clock }: ListenDeps): Promise<void> {
  if ((await endpoints.update(listenerOf(definition, clock))) === 'updated') return;
  throw new CommandError(`${definition.id} was removed: no more messages will arrive.`);
}

async function forwardHeld(
  endpointId: EndpointId,
  since: Instant | undefined,
  { deliveries, forward, interrupted }: ListenDeps,
): Promise<boolean> {
  const held: DeliveryEntry[] = [];
  for await (const entry of deliveries.list({ endpointId, since, statuses: ['held'] })) held.push(entry);
  for (const entry of held.toReversed()) if (interrupted.aborted || !(await forward(entry))) return false;
  return true;
}

async function cancelLeft(
  endpointId: EndpointId,
  { deliveries }: Pick<ListenDeps, 'deliveries'>,
): Promise<number> {
  const left = await unfinishedDeliveries(endpointId, { deliveries });
  const outcomes = await pMap(left, ({ id }) => deliveries.cancel(id, 'pcr listen ended'), { concurrency });
  return outcomes.filter((outcome) => outcome === 'cancelled').length;
}

/** Removes expired listeners of commands that were killed, and cancels their deliveries. */
async function removeExpired({ endpoints, deliveries, clock }: ListenDeps): Promise<void> {
  const now = instantOf(clock.nowMs());
  for (const { id, destination } of (await endpoints.all()).endpoints)
    if (destination.kind === 'listener' && destination.expiresAt < now) {
      await endpoints.remove(id);
      await cancelLeft(id, { deliveries });
    }
}
