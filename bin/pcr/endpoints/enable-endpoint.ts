import type { EndpointId } from '../../../lambdas/core/ids.ts';
import { instantOf } from '../../../lambdas/core/instant.ts';
import type { Io } from '../io.ts';
import { counted } from '../output.ts';
import type { Relay } from '../relay.ts';
import { deliveriesIn } from './cancel-deliveries.ts';
import { existing } from './find-endpoint.ts';

/** Rings that go out together. */
const ringsAtOnce = 100;

const indexLagMs = 2_000;

/** Also where it is enabled already: an attempt that broke off is finished by repeating it. */
export async function enableEndpoint(io: Io, id: EndpointId): Promise<void> {
  const relay = await io.relay();
  await existing(relay, id);
  await relay.endpoints.enable(id);
  await relay.lanes.reset(id);
  let released = await releaseHeld(io, relay, id);
  // The index that they are found by follows a write within moments: what was held just before is in it by then.
  await io.clock.sleep(indexLagMs);
  released += await releaseHeld(io, relay, id);
  io.print(
    `Enabled ${id}. ${counted(released, 'delivery that waited is', 'deliveries that waited are')} sent now.`,
  );
}

/** Oldest first: where versions of a record wait for each other, each finds the one before it on its way. */
async function releaseHeld(io: Io, relay: Relay, endpointId: EndpointId): Promise<number> {
  const held = await deliveriesIn(relay, endpointId, ['held']);
  if (held.length === 0) return 0;
  const progress = io.progress(`Releasing what waits for ${endpointId}`, held.length);
  const ids = held.map(({ id }) => id).toReversed();
  let released = 0;
  for (let from = 0; from < ids.length; from += ringsAtOnce) {
    const batch = ids.slice(from, from + ringsAtOnce);
    const now = instantOf(io.clock.nowMs());
    for (const id of batch) if ((await relay.deliveries.release(id, now)) === 'released') released += 1;
    await relay.doorbell.ring(batch, 0, { endpointId });
    progress.advance(batch.length);
  }
  progress.end();
  return released;
}

export async function disableEndpoint(
  io: Io,
  id: EndpointId,
  { reason }: { readonly reason: string },
): Promise<void> {
  const relay = await io.relay();
  const { disabled } = await existing(relay, id);
  if (disabled) return io.print(`${id} is disabled since ${disabled.at}: ${disabled.reason}`);
  await relay.endpoints.disable(id, reason, instantOf(io.clock.nowMs()));
  io.print(`Disabled ${id}. Its messages are held for 30 days; \`pcr endpoints enable ${id}\` sends them.`);
}
