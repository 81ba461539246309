import type { EndpointId } from '../../../../lambdas/core/ids.ts';
import { instantOf } from '../../../../lambdas/core/instant.ts';
import { cancelUnfinished, unfinishedDeliveries } from '../../endpoints/cancel-deliveries.ts';
import { checkForOrphanedSecret, removeOwnSecret } from '../../endpoints/endpoint-secret.ts';
import { endpointMissing, lookUpEndpoint } from '../../endpoints/find-endpoint.ts';
import { assertConfirmed, type Io } from '../../io.ts';
import { counted } from '../../output.ts';
import type { Relay } from '../../relay.ts';

export interface RemoveOptions {
  readonly force?: boolean;
}

/** Why it is disabled, should the removal break off. */
export const beingRemoved = 'being removed';

/** Disables it first, so that nothing is on its way when its deliveries are cancelled. Safe to repeat after a crash. */
export async function removeEndpoint(
  io: Io,
  id: EndpointId,
  { force = false }: RemoveOptions,
): Promise<void> {
  const relay = await io.relay();
  const isThere = (await lookUpEndpoint(relay, id)) !== undefined;
  const waiting = force && isThere ? [] : await unfinishedDeliveries(relay, id);
  // An attempt that broke off may have left deliveries or a secret behind.
  if (!isThere && waiting.length === 0 && !(await checkForOrphanedSecret(relay, id)))
    throw await endpointMissing(relay, id);
  if (!force && waiting.length > 0) {
    const many = counted(waiting.length, 'delivery waits', 'deliveries wait');
    await assertConfirmed(io, `${many} for ${id}. Remove it, and cancel them?`, { option: '--force' });
  }
  if (isThere) await relay.endpoints.disable(id, beingRemoved, instantOf(io.clock.nowMs()));
  await removeDisabled(io, relay, id);
  io.print(isThere ? `Removed ${id}.` : `Removed what was left of ${id}.`);
}

/** Nothing of it stays: an endpoint that is added under its id begins anew. May be repeated. */
export async function removeDisabled(io: Io, relay: Relay, id: EndpointId): Promise<void> {
  await cancelUnfinished(io, relay, id);
  await relay.endpoints.remove(id);
  // Versions that were fanned out in between.
  await cancelUnfinished(io, relay, id);
  await relay.gates.reset(id);
  await removeOwnSecret(relay, id);
}
