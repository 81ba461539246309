import { type Command, Option } from 'commander';
import { UsageError } from '../errors.ts';
import { assertConfirmed, type Io } from '../io.ts';
import { counted } from '../output.ts';
import type { Relay } from '../relay.ts';
import { type HeldMessage, hold, release } from './held-messages.ts';
import { type ParkedQueueName, parkedQueueNames, parkedQueueOf, parkedQueueValue } from './parked-queues.ts';

/** The most messages that one command processes. SQS allows 120,000 in flight. */
export const mostHeld = 10_000;

export interface SelectionOptions {
  readonly queue: ParkedQueueName;
  readonly code?: string;
  readonly all?: boolean;
  readonly yes?: boolean;
}

export function queueOption(): Option {
  return new Option('--queue <name>', `one of ${parkedQueueNames.join(', ')}`)
    .argParser(parkedQueueValue)
    .makeOptionMandatory();
}

export function addSelectionOptions(command: Command): Command {
  return command
    .argument('[message...]', 'ids, from `pcr parked list`')
    .addOption(queueOption())
    .option('--code <code>', 'all that were given up with this error code')
    .option('--all', 'all messages')
    .option('--yes', 'do not ask');
}

export type ParkedWork = (
  relay: Relay,
  parkedUrl: string,
  messages: readonly HeldMessage[],
  advance: (by: number) => void,
) => Promise<void>;

/**
 * Counts the selected messages, asks, and processes them. All others become visible again at once.
 * @param verb starts the question
 * @throws UsageError if the selection is unclear, or a message is missing: nothing is done then
 */
export async function processParked(
  ids: readonly string[],
  options: SelectionOptions,
  verb: string,
  perform: ParkedWork,
  io: Io,
): Promise<void> {
  if ([ids.length > 0, options.code !== undefined, options.all === true].filter(Boolean).length !== 1)
    throw new UsageError('Which messages? Allowed: either their ids, or --code <code>, or --all.');
  const relay = await io.relay();
  const { sqs } = relay.clients;
  const { parked } = parkedQueueOf(options.queue, relay);
  const held = await hold(
    sqs,
    parked,
    mostHeld,
    (messages) => ids.length > 0 && missingIn(messages, ids).length === 0,
  );
  let left = held;
  try {
    const selected = select(held, ids, options);
    if (selected.length === 0) return io.note('No such messages: nothing to do.');
    await assertConfirmed(`${verb} ${counted(selected.length, 'message')} of ${options.queue}?`, options, io);
    const progress = io.progress(verb, selected.length);
    await perform(relay, parked, selected, (by) => progress.advance(by));
    progress.end();
    left = held.filter((message) => !selected.includes(message));
    io.print(`${counted(selected.length, 'message')} of ${options.queue}: done.`);
  } finally {
    // SQS refuses messages that no longer exist, which is harmless.
    await release(sqs, parked, left);
  }
}

function select(
  held: readonly HeldMessage[],
  ids: readonly string[],
  { queue, code, all = false }: SelectionOptions,
): readonly HeldMessage[] {
  const missing = missingIn(held, ids);
  if (missing.length > 0)
    throw new UsageError(...missing.map((id) => `message ${id}: it is not in the parked queue ${queue}`));
  return held.filter((message) => all || message.code === code || ids.includes(message.id));
}

function missingIn(held: readonly HeldMessage[], ids: readonly string[]): readonly string[] {
  return ids.filter((id) => !held.some((message) => message.id === id));
}
