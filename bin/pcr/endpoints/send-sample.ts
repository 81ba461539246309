import type { DeliveryEntry } from '../../../lambdas/core/delivery.ts';
import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { deliveryIdOf, type EndpointId } from '../../../lambdas/core/ids.ts';
import { type Instant, instantOf } from '../../../lambdas/core/instant.ts';
import type { Topic } from '../../../lambdas/core/message-type.ts';
import { makeSample } from '../../../lambdas/core/sample-version.ts';
import { CommandError, UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { type JsonOption, printJson } from '../json.ts';
import type { Relay } from '../relay.ts';
import type { Screen } from '../screen.ts';
import { details } from '../table.ts';
import { chooseTopic, wantsSample } from './choose-sample.ts';
import { clearFault } from './clear-fault.ts';
import { findEndpoint } from './find-endpoint.ts';

export interface SampleOptions extends JsonOption {
  readonly waitSeconds: number;
}

const pollMs = 250;

/**
 * Sends one endpoint a sample, waits for its first attempt and prints the outcome.
 * @param topic a type or a topic @default one that the endpoint wants
 * @throws CommandError if the sample is not delivered
 */
export async function sendSample(
  id: EndpointId,
  topic: Topic | undefined,
  options: SampleOptions,
  io: Io,
): Promise<void> {
  const relay = await io.relay();
  const endpoint = await findEnabled(id, relay);
  const now = instantOf(io.clock.nowMs());
  const chosen = topic ?? chooseTopic(endpoint, now) ?? 'opportunity.updated';
  const delivery = await addSample(endpoint, chosen, now, relay, io);
  // A delivery to `pcr listen` is held until that command fetches it.
  const waiting = endpoint.destination.kind === 'listener' ? ['pending', 'held'] : ['pending'];
  const first = await waitForFirstAttempt(delivery, waiting, options, relay, io);
  // A sample is tried once: a failed one must not be retried for three days.
  const isCancelled = (await relay.deliveries.cancel(delivery, 'was a test')) === 'cancelled';
  const outcome = isCancelled ? await find(delivery, relay) : first;
  if (options.json === true) printJson(outcome, io);
  else io.print(outcomeText(outcome, io.out));
  if (outcome.status !== 'delivered') throw new CommandError(failureText(outcome, options.waitSeconds));
}

async function findEnabled(id: EndpointId, relay: Relay): Promise<Endpoint> {
  const endpoint = await findEndpoint(id, relay);
  const { disabled } = endpoint;
  if (!disabled) return endpoint;
  throw new UsageError(
    `endpoint ${id}: disabled since ${disabled.at}: ${disabled.reason}; allowed: an enabled endpoint`,
  );
}

/** Adds the delivery of a sample, whatever topics the endpoint has, and signals it. */
async function addSample(
  endpoint: Endpoint,
  topic: Topic,
  now: Instant,
  relay: Relay,
  io: Io,
): Promise<DeliveryEntry['id']> {
  const version = makeSample(topic, now);
  const { id: endpointId } = endpoint;
  if (!wantsSample(endpoint, version))
    io.note(`${endpointId} asks for no message like this sample: its topics or its filter refuse it.`);
  const { messageId } = version;
  const id = deliveryIdOf(messageId, endpointId);
  await relay.deliveries.replay(
    { id, messageId, endpointId, version, wanted: true },
    now,
    `test of ${endpointId}`,
  );
  await clearFault(endpointId, relay);
  await relay.doorbell.ring([id], 0, { endpointId });
  io.note(`Sending ${topic} to ${endpointId} as ${messageId} …`);
  return id;
}

async function waitForFirstAttempt(
  id: DeliveryEntry['id'],
  waiting: readonly string[],
  { waitSeconds }: SampleOptions,
  relay: Relay,
  io: Io,
): Promise<DeliveryEntry> {
  const untilMs = io.clock.nowMs() + waitSeconds * 1_000;
  for (;;) {
    const delivery = await find(id, relay);
    const isOver = !waiting.includes(delivery.status) || (delivery.attempts ?? []).length > 0;
    if (isOver || io.clock.nowMs() >= untilMs || io.interrupted().aborted) return delivery;
    await io.clock.sleep(pollMs);
  }
}

async function find(id: DeliveryEntry['id'], relay: Relay): Promise<DeliveryEntry> {
  const delivery = await relay.deliveries.find(id);
  if (!delivery) throw new CommandError(`The delivery ${id} no longer exists.`);
  if ('unreadable' in delivery)
    throw new CommandError(`The delivery ${id} is unreadable: ${delivery.unreadable.join('; ')}.`);
  return delivery;
}

function outcomeText({ id, status, attempts = [] }: DeliveryEntry, screen: Screen): string {
  const attempt = attempts.at(-1);
  return details(
    [
      ['delivery', id],
      ['status', status],
      ['outcome', attempt?.outcome],
      ['HTTP status', attempt?.status],
      ['duration', attempt && `${attempt.durationMs} ms`],
      ['reason', attempt?.reason],
      ['answer', attempt?.answer],
    ],
    screen,
  );
}

function failureText(
  { attempts = [], endpointId, reason, status }: DeliveryEntry,
  waitSeconds: number,
): string {
  const attempt = attempts.at(-1);
  if (attempt) {
    const because = attempt.reason === undefined ? '' : `: ${attempt.reason}`;
    return `The sample was not delivered: ${attempt.outcome}${because}.`;
  }
  if (status !== 'cancelled' && reason !== undefined) return `The sample was not delivered: ${reason}`;
  return `Nothing was sent within ${waitSeconds} s: see \`pcr endpoints show ${endpointId}\` for its circuit breaker, and \`pcr doctor\`.`;
}
