import type { EndpointId } from '../../../lambdas/core/ids.ts';
import type { Io } from '../io.ts';
import type { Relay } from '../relay.ts';
import { cancelUnfinished } from './cancel-deliveries.ts';
import { removeOwnSecret } from './endpoint-secret.ts';

/**
 * The reason of a disabled endpoint that is about to be removed. It stays if the removal is
 * interrupted.
 */
export const removalReason = 'being removed';

/**
 * Removes all traces of a disabled endpoint: an endpoint added later with the same id starts fresh.
 * Safe to repeat.
 * @returns ids of the deliveries that were cancelled
 */
export async function removeDisabled(id: EndpointId, relay: Relay, io: Io): Promise<readonly string[]> {
  const waiting = await cancelUnfinished(id, relay, io);
  await relay.endpoints.remove(id);
  // Cancels deliveries that fan-out added in the meantime.
  const added = await cancelUnfinished(id, relay, io);
  await relay.gates.reset(id);
  await removeOwnSecret(id, relay);
  return [...waiting, ...added];
}
