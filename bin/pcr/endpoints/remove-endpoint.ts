import type { EndpointId } from '../../../lambdas/core/ids.ts';
import { instantOf } from '../../../lambdas/core/instant.ts';
import { confirmed, type Io } from '../io.ts';
import { counted } from '../output.ts';
import { cancelUnfinished, unfinished } from './cancel-deliveries.ts';
import { removeOwnSecret } from './endpoint-secret.ts';
import { lookUp, missing } from './find-endpoint.ts';

export interface RemoveOptions {
  readonly force?: boolean;
}

/** Disables it first, so that nothing is on its way when its deliveries are cancelled. Safe to repeat after a crash. */
export async function removeEndpoint(
  io: Io,
  id: EndpointId,
  { force = false }: RemoveOptions,
): Promise<void> {
  const relay = await io.relay();
  const endpoint = await lookUp(relay, id);
  if (!endpoint) throw await missing(relay, id);
  const waiting = force ? [] : await unfinished(relay, id);
  if (waiting.length > 0) {
    const many = counted(waiting.length, 'delivery waits', 'deliveries wait');
    await confirmed(io, `${many} for ${id}. Remove it, and cancel them?`, { option: '--force' });
  }
  await relay.endpoints.disable(id, 'being removed', instantOf(io.clock.nowMs()));
  await cancelUnfinished(io, relay, id);
  await relay.endpoints.remove(id);
  // Versions that were fanned out in between.
  await cancelUnfinished(io, relay, id);
  if (endpoint !== 'unreadable') await removeOwnSecret(relay, endpoint);
  io.print(`Removed ${id}.`);
}
