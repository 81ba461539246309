import type { DeliveryEntry } from '../../../../lambdas/core/delivery.ts';
import { deliveryIdOf, type EndpointId, messageIdOf } from '../../../../lambdas/core/ids.ts';
import { instantOf } from '../../../../lambdas/core/instant.ts';
import type { MessageType } from '../../../../lambdas/core/message-type.ts';
import { sampleRef } from '../../../../lambdas/core/sample-version.ts';
import { existingEndpoint } from '../../endpoints/find-endpoint.ts';
import { CommandError, UsageError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, printJson } from '../../json.ts';
import type { Relay } from '../../relay.ts';
import { details } from '../../table.ts';

export interface TestOptions extends JsonOption {
  readonly type: MessageType;
  readonly waitSeconds: number;
}

/** How often the delivery is looked at. */
const everyMs = 250;

/** Sends a sample on the way of all deliveries, whatever the endpoint wants, and waits for its first attempt. */
export async function testEndpoint(io: Io, id: EndpointId, options: TestOptions): Promise<void> {
  const relay = await io.relay();
  const { disabled, destination } = await existingEndpoint(relay, id);
  if (disabled)
    throw new UsageError(
      `endpoint ${id}: disabled since ${disabled.at}: ${disabled.reason}; allowed: one that is enabled`,
    );
  const now = instantOf(io.clock.nowMs());
  const version = sampleRef(options.type, now);
  const messageId = messageIdOf(version);
  const delivery = { id: deliveryIdOf(messageId, id), messageId, endpointId: id, version, wanted: true };
  await relay.deliveries.replay(delivery, now, `test of ${id}`);
  await relay.doorbell.ring([delivery.id], 0, { endpointId: id });
  io.note(`Sending ${options.type} to ${id} as ${messageId} …`);
  const first = await afterFirstAttempt(io, relay, delivery.id, {
    ...options,
    isFetched: destination.kind === 'listener',
  });
  // It was for this one look: what failed is not tried for three more days.
  const isCancelled = (await relay.deliveries.cancel(delivery.id, 'was a test')) === 'cancelled';
  const outcome = isCancelled ? await found(relay, delivery.id) : first;
  if (options.json === true) printJson(io, outcome);
  else io.print(outcomeText(outcome));
  if (outcome.status !== 'delivered') throw new CommandError(failureText(outcome, options.waitSeconds));
}

async function afterFirstAttempt(
  io: Io,
  relay: Relay,
  id: DeliveryEntry['id'],
  { waitSeconds, isFetched }: { readonly waitSeconds: number; readonly isFetched: boolean },
): Promise<DeliveryEntry> {
  // Of one who listens it is held until it is fetched.
  const waiting = isFetched ? ['pending', 'held'] : ['pending'];
  const untilMs = io.clock.nowMs() + waitSeconds * 1_000;
  for (;;) {
    const delivery = await found(relay, id);
    const isOver = !waiting.includes(delivery.status) || (delivery.attempts ?? []).length > 0;
    if (isOver || io.clock.nowMs() >= untilMs || io.interrupted().aborted) return delivery;
    await io.clock.sleep(everyMs);
  }
}

async function found(relay: Relay, id: DeliveryEntry['id']): Promise<DeliveryEntry> {
  const delivery = await relay.deliveries.find(id);
  if (!delivery) throw new CommandError(`The delivery ${id} is gone: somebody removed it.`);
  return delivery;
}

function outcomeText({ id, status, attempts = [] }: DeliveryEntry): string {
  const attempt = attempts.at(-1);
  return details([
    ['delivery', id],
    ['status', status],
    ['outcome', attempt?.outcome],
    ['HTTP status', attempt?.status],
    ['duration', attempt && `${attempt.durationMs} ms`],
    ['answer', attempt?.answer],
  ]);
}

function failureText(
  { attempts = [], endpointId, reason, status }: DeliveryEntry,
  waitSeconds: number,
): string {
  const attempt = attempts.at(-1);
  if (attempt) return `The sample was not delivered: ${attempt.outcome}.`;
  if (status !== 'cancelled' && reason !== undefined) return `The sample was not delivered: ${reason}`;
  return `Nothing was sent within ${waitSeconds} s: see \`pcr endpoints show ${endpointId}\` for its breaker, and \`pcr doctor\`.`;
}
