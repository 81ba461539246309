import type { DeliveryStatus } from '../../../../lambdas/core/delivery.ts';
import type { DeliveryId, EndpointId } from '../../../../lambdas/core/ids.ts';
import { type Instant, instantOf } from '../../../../lambdas/core/instant.ts';
import { deliveriesWithStatus } from '../../endpoints/cancel-deliveries.ts';
import { existingEndpoint } from '../../endpoints/find-endpoint.ts';
import { CommandError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import { counted } from '../../output.ts';
import type { Relay } from '../../relay.ts';

/** Rings that go out together. */
const ringsAtOnce = 100;

/** The index that deliveries are found by follows a write within moments. */
const betweenLooksMs = 5_000;

/** Also where it is enabled already: an attempt that broke off is finished by repeating it. */
export async function enableEndpoint(io: Io, id: EndpointId): Promise<void> {
  const relay = await io.relay();
  await existingEndpoint(relay, id);
  await relay.endpoints.enable(id);
  await relay.gates.reset(id);
  // Once: what fails again meanwhile keeps its schedule.
  let sent = await sendNow(io, relay, id, 'pending');
  for (let look = 1; ; look += 1) {
    const released = await sendNow(io, relay, id, 'held');
    sent += released;
    // What was held just before it was enabled is found by the second look, if not by the first.
    if (look > 1 && released === 0) break;
    await io.clock.sleep(betweenLooksMs);
    const { disabled } = await existingEndpoint(relay, id);
    if (disabled) throw new CommandError(`${id} was disabled again meanwhile: ${disabled.reason}`);
  }
  io.print(
    `Enabled ${id}. ${counted(sent, 'delivery that waited is', 'deliveries that waited are')} sent now.`,
  );
}

/** Oldest first: where versions of a record wait for each other, each finds the one before it on its way. */
async function sendNow(
  io: Io,
  relay: Relay,
  endpointId: EndpointId,
  status: Extract<DeliveryStatus, 'pending' | 'held'>,
): Promise<number> {
  const ids = (await deliveriesWithStatus(relay, endpointId, [status])).map(({ id }) => id).toReversed();
  if (ids.length === 0) return 0;
  const progress = io.progress(`Sending what is ${status} for ${endpointId}`, ids.length);
  let sent = 0;
  for (let from = 0; from < ids.length; from += ringsAtOnce) {
    const batch = ids.slice(from, from + ringsAtOnce);
    const now = instantOf(io.clock.nowMs());
    const moved: DeliveryId[] = [];
    for (const id of batch) if (await tryMakeDue(relay, id, status, now)) moved.push(id);
    if (moved.length > 0) await relay.doorbell.ring(moved, 0, { endpointId });
    sent += moved.length;
    progress.advance(batch.length);
  }
  progress.end();
  return sent;
}

async function tryMakeDue(
  { deliveries }: Relay,
  id: DeliveryId,
  status: 'pending' | 'held',
  now: Instant,
): Promise<boolean> {
  if (status === 'held') return (await deliveries.release(id, now)) === 'released';
  return (await deliveries.hurry(id, now)) === 'hurried';
}

export async function disableEndpoint(
  io: Io,
  id: EndpointId,
  { reason }: { readonly reason: string },
): Promise<void> {
  const relay = await io.relay();
  const { disabled } = await existingEndpoint(relay, id);
  if (disabled) return io.print(`${id} is disabled since ${disabled.at}: ${disabled.reason}`);
  await relay.endpoints.disable(id, reason, instantOf(io.clock.nowMs()));
  io.print(`Disabled ${id}. Its messages are held for 30 days; \`pcr endpoints enable ${id}\` sends them.`);
}
