import { type Command, Option } from 'commander';
import { UsageError } from '../errors.ts';
import { assertConfirmed, type Io } from '../io.ts';
import { counted } from '../output.ts';
import { type HeldMessage, hold, release } from './held-messages.ts';
import { type ParkedQueueName, parkedQueueNames, parkedQueueOf, parkedQueueValue } from './parked-queues.ts';

/** As much as a person sorts out at once; SQS lets 120,000 be in hands. */
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
    .argument('[message...]', 'ids, as `pcr parked list` shows them')
    .addOption(queueOption())
    .option('--code <code>', 'all that were given up for this reason')
    .option('--all', 'all there are')
    .option('--yes', 'do not ask');
}

export type Work = (
  parkedUrl: string,
  messages: readonly HeldMessage[],
  advance: (by: number) => void,
) => Promise<void>;

/**
 * Counts what is meant, asks, and does it. What is left can be seen again at once.
 * @param verb what is done, as a question begins
 * @throws UsageError where it is not clear which are meant, or one of them is not there: then nothing is done
 */
export async function processParked(
  ids: readonly string[],
  options: SelectionOptions,
  io: Io,
  verb: string,
  perform: Work,
): Promise<void> {
  if ([ids.length > 0, options.code !== undefined, options.all === true].filter(Boolean).length !== 1)
    throw new UsageError('Which messages? Allowed: either their ids, or --code <code>, or --all.');
  const relay = await io.relay();
  const { sqs } = relay.clients;
  const { parked } = parkedQueueOf(options.queue, relay);
  const held = await hold(sqs, parked, mostHeld, (so) => ids.length > 0 && missingIn(so, ids).length === 0);
  let left = held;
  try {
    const meant = meantOf(held, ids, options);
    if (meant.length === 0) return io.note('No such messages: nothing to do.');
    await assertConfirmed(io, `${verb} ${counted(meant.length, 'message')} of ${options.queue}?`, options);
    const progress = io.progress(verb, meant.length);
    await perform(parked, meant, (by) => progress.advance(by));
    progress.end();
    left = held.filter((message) => !meant.includes(message));
    io.print(`${counted(meant.length, 'message')} of ${options.queue}: done.`);
  } finally {
    // SQS refuses what is gone by now, and nothing comes of that.
    await release(sqs, parked, left);
  }
}

function meantOf(
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
