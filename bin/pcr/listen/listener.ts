import type { DeliveryEntry } from '../../../lambdas/core/delivery.ts';
import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import { addMs, type Instant, instantOf } from '../../../lambdas/core/instant.ts';
import type { Clock } from '../../../lambdas/ports/clock.ts';
import { unfinishedDeliveries } from '../endpoints/cancel-deliveries.ts';
import { CommandError } from '../errors.ts';
import { fewAtOnce } from '../few-at-once.ts';
import type { Relay } from '../relay.ts';

export interface ListenDeps extends Pick<Relay, 'endpoints' | 'deliveries'> {
  readonly clock: Clock;
  readonly interrupted: AbortSignal;
  /** Called for one delivery after the other, in the order in which they were added. False: no server is there, the rest waits. */
  readonly forward: (entry: DeliveryEntry) => Promise<boolean>;
}

/** An endpoint without a destination: what is held for it is fetched. */
export type ListenerDefinition = Omit<Endpoint, 'destination'>;

/** A listener that is not renewed is nobody's after this long. */
const expiresAfterMs = 3 * 60_000;
const renewedEveryMs = 60_000;
const lookEveryMs = 1_000;
/** The index follows writes within moments; whoever is added as late as this is found by the next full look. */
const lookBackMs = 2 * 60_000;

/**
 * Registers a temporary endpoint, forwards what is held for it until interrupted, and removes it again with what is left.
 * @throws CommandError where somebody else has removed it meanwhile
 */
export async function listen(
  definition: ListenerDefinition,
  deps: ListenDeps,
): Promise<{ readonly cancelled: number }> {
  const { endpoints, clock, interrupted } = deps;
  await removeForgotten(deps);
  await endpoints.add(listenerOf(definition, clock));
  let renewedAtMs = clock.nowMs();
  let since: Instant | undefined;
  try {
    while (!interrupted.aborted) {
      if (clock.nowMs() - renewedAtMs >= renewedEveryMs) {
        await renew(definition, deps);
        renewedAtMs = clock.nowMs();
        // Once in a while all are looked at: those that wait for long, and those that were sent once more.
        since = undefined;
      }
      const lookedAt = instantOf(clock.nowMs());
      const isDone = await forwardHeld(definition.id, since, deps);
      since = isDone ? addMs(lookedAt, -lookBackMs) : undefined;
      if (!interrupted.aborted) await clock.sleep(lookEveryMs);
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
  throw new CommandError(`Somebody removed ${definition.id}: nothing more will come.`);
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
  const left = await unfinishedDeliveries({ deliveries }, endpointId);
  const ends = await fewAtOnce(left, ({ id }) => deliveries.cancel(id, 'nobody listens any more'));
  return ends.filter((end) => end === 'cancelled').length;
}

/** What a command left behind that was ended by force: its listener has expired, and what it held is nobody's. */
async function removeForgotten({ endpoints, deliveries, clock }: ListenDeps): Promise<void> {
  const now = instantOf(clock.nowMs());
  for (const { id, destination } of (await endpoints.all()).endpoints)
    if (destination.kind === 'listener' && destination.expiresAt < now) {
      await endpoints.remove(id);
      await cancelLeft(id, { deliveries });
    }
}
