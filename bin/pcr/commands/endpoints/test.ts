import { type Command, Option } from 'commander';
import type { DeliveryEntry } from '../../../../lambdas/core/delivery.ts';
import { deliveryIdOf, type EndpointId } from '../../../../lambdas/core/ids.ts';
import { instantOf } from '../../../../lambdas/core/instant.ts';
import { type MessageType, messageTypes } from '../../../../lambdas/core/message-type.ts';
import { makeSample } from '../../../../lambdas/core/sample-version.ts';
import { clearFault } from '../../endpoints/clear-fault.ts';
import { findEndpoint } from '../../endpoints/find-endpoint.ts';
import { CommandError, UsageError } from '../../errors.ts';
import { examples, withEndpointId } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption, printJson } from '../../json.ts';
import type { Relay } from '../../relay.ts';
import { details } from '../../table.ts';
import { wholeNumberValue } from '../../values.ts';

interface TestOptions extends JsonOption {
  readonly type: MessageType;
  readonly waitSeconds: number;
}

const pollMs = 250;

/** `pcr endpoints test` */
export function addTestCommand(group: Command, io: Io): void {
  withEndpointId(group.command('test'))
    .description('Sends a signed sample through the delivery pipeline, once, and prints the outcome.')
    .addOption(
      new Option('--type <type>', 'type of the sample').choices(messageTypes).default('opportunity.updated'),
    )
    .option('--wait-seconds <seconds>', 'how long to wait for the attempt', wholeNumberValue(1, 600), 60)
    .addOption(jsonOption())
    .addHelpText('after', examples('pcr endpoints test ep_crm --type engagement_invitation.created'))
    .action((id: EndpointId, options: TestOptions) => testEndpoint(id, options, io));
}

/** Sends a sample, whatever topics the endpoint has, and waits for its first attempt. */
async function testEndpoint(id: EndpointId, options: TestOptions, io: Io): Promise<void> {
  const relay = await io.relay();
  const { disabled, destination } = await findEndpoint(id, relay);
  if (disabled)
    throw new UsageError(
      `endpoint ${id}: disabled since ${disabled.at}: ${disabled.reason}; allowed: an enabled endpoint`,
    );
  const now = instantOf(io.clock.nowMs());
  const version = makeSample(options.type, now);
  const { messageId } = version;
  const delivery = { id: deliveryIdOf(messageId, id), messageId, endpointId: id, version, wanted: true };
  await relay.deliveries.replay(delivery, now, `test of ${id}`);
  await clearFault(id, relay);
  await relay.doorbell.ring([delivery.id], 0, { endpointId: id });
  io.note(`Sending ${options.type} to ${id} as ${messageId} …`);
  // A delivery to `pcr listen` is held until that command fetches it.
  const waiting = destination.kind === 'listener' ? ['pending', 'held'] : ['pending'];
  const first = await waitForFirstAttempt(delivery.id, waiting, options, relay, io);
  // A sample is tried once: a failed one must not be retried for three days.
  const isCancelled = (await relay.deliveries.cancel(delivery.id, 'was a test')) === 'cancelled';
  const outcome = isCancelled ? await find(delivery.id, relay) : first;
  if (options.json === true) printJson(outcome, io);
  else io.print(outcomeText(outcome));
  if (outcome.status !== 'delivered') throw new CommandError(failureText(outcome, options.waitSeconds));
}

async function waitForFirstAttempt(
  id: DeliveryEntry['id'],
  waiting: readonly string[],
  { waitSeconds }: TestOptions,
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

function outcomeText({ id, status, attempts = [] }: DeliveryEntry): string {
  const attempt = attempts.at(-1);
  return details([
    ['delivery', id],
    ['status', status],
    ['outcome', attempt?.outcome],
    ['HTTP status', attempt?.status],
    ['duration', attempt && `${attempt.durationMs} ms`],
    ['reason', attempt?.reason],
    ['answer', attempt?.answer],
  ]);
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
