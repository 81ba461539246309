import type { EndpointId } from '../../../lambdas/core/ids.ts';
import { instantOf } from '../../../lambdas/core/instant.ts';
import { confirmed, type Io } from '../io.ts';
import { counted } from '../output.ts';
import type { Relay } from '../relay.ts';
import { cancelUnfinished, unfinished } from './cancel-deliveries.ts';
import { isSecretLeft, removeOwnSecret } from './endpoint-secret.ts';
import { lookUp, missing } from './find-endpoint.ts';

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
  const isThere = (await lookUp(relay, id)) !== undefined;
  const waiting = force && isThere ? [] : await unfinished(relay, id);
  // An attempt that broke off may have left deliveries or a secret behind.
  if (!isThere && waiting.length === 0 && !(await isSecretLeft(relay, id))) throw await missing(relay, id);
  if (!force && waiting.length > 0) {
    const many = counted(waiting.length, 'delivery waits', 'deliveries wait');
    await confirmed(io, `${many} for ${id}. Remove it, and cancel them?`, { option: '--force' });
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
