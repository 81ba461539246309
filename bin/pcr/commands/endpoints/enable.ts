import type { Command } from 'commander';
import type { DeliveryId, EndpointId } from '../../../../lambdas/core/ids.ts';
import { type Instant, instantOf } from '../../../../lambdas/core/instant.ts';
import { deliveriesWithStatus } from '../../endpoints/cancel-deliveries.ts';
import { findEndpoint } from '../../endpoints/find-endpoint.ts';
import { CommandError } from '../../errors.ts';
import { examples, withEndpointId } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption } from '../../json.ts';
import { counted, printDone } from '../../output.ts';
import type { Relay } from '../../relay.ts';

/** Deliveries that are signalled in one call. */
const batchSize = 100;

/** The index of deliveries by endpoint shows a write within moments. */
const indexDelayMs = 5_000;

/** `pcr endpoints enable` */
export function addEnableCommand(group: Command, io: Io): void {
  withEndpointId(group.command('enable'))
    .description('Enables an endpoint, closes its circuit breaker and sends what waited. Safe to repeat.')
    .addOption(jsonOption())
    .addHelpText('after', examples('pcr endpoints enable ep_crm'))
    .action((id: EndpointId, options: JsonOption) => enableEndpoint(id, options, io));
}

/** Also works on an enabled endpoint: repeating the command finishes an interrupted one. */
async function enableEndpoint(id: EndpointId, options: JsonOption, io: Io): Promise<void> {
  const relay = await io.relay();
  await findEndpoint(id, relay);
  await relay.endpoints.enable(id);
  await relay.gates.reset(id);
  // Pending deliveries are moved once: a delivery that fails again meanwhile keeps its schedule.
  let sent = await sendNow(id, 'pending', relay, io);
  for (let pass = 1; ; pass += 1) {
    const released = await sendNow(id, 'held', relay, io);
    sent += released;
    // The second pass finds what was held just before the endpoint was enabled.
    if (pass > 1 && released === 0) break;
    await io.clock.sleep(indexDelayMs);
    const { disabled } = await findEndpoint(id, relay);
    if (disabled) throw new CommandError(`${id} was disabled again meanwhile: ${disabled.reason}`);
  }
  const done = `Enabled ${id}. ${counted(sent, 'delivery that waited is', 'deliveries that waited are')} sent now.`;
  printDone({ endpointId: id, deliveries: sent }, done, options, io);
}

/**
 * Starts with the oldest: if versions of a record wait for each other, each finds its predecessor
 * sent.
 */
async function sendNow(
  endpointId: EndpointId,
  status: 'pending' | 'held',
  relay: Relay,
  io: Io,
): Promise<number> {
  const ids = (await deliveriesWithStatus(endpointId, [status], relay)).map(({ id }) => id).toReversed();
  if (ids.length === 0) return 0;
  const progress = io.progress(`Sending what is ${status} for ${endpointId}`, ids.length);
  let sent = 0;
  for (let from = 0; from < ids.length; from += batchSize) {
    const batch = ids.slice(from, from + batchSize);
    const now = instantOf(io.clock.nowMs());
    const moved: DeliveryId[] = [];
    for (const id of batch) if (await tryMakeDue(id, status, now, relay)) moved.push(id);
    if (moved.length > 0) await relay.doorbell.ring(moved, 0, { endpointId });
    sent += moved.length;
    progress.advance(batch.length);
  }
  progress.end();
  return sent;
}

async function tryMakeDue(
  id: DeliveryId,
  status: 'pending' | 'held',
  now: Instant,
  { deliveries }: Relay,
): Promise<boolean> {
  if (status === 'held') return (await deliveries.release(id, now)) === 'released';
  return (await deliveries.hurry(id, now)) === 'hurried';
}
