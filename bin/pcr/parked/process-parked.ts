import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { assertConfirmed, type Io } from '../io.ts';
import { type JsonOption, jsonOption, printJson } from '../json.ts';
import { counted } from '../output.ts';
import type { Relay } from '../relay.ts';
import type { HeldMessage } from './held-messages.ts';
import { assertFound, type HeldQueue, holdQueues, releaseQueues } from './held-queues.ts';
import { type ParkedQueueName, type ParkedQueueUrls, queueOption } from './parked-queues.ts';

export interface SelectionOptions extends JsonOption {
  readonly queue?: ParkedQueueName;
  readonly code?: string;
  readonly all?: boolean;
  readonly yes?: boolean;
}

export function addSelectionOptions(command: Command): Command {
  return command
    .argument('[message...]', 'ids, from `pcr parked list`')
    .addOption(queueOption())
    .option('--code <code>', 'all that were given up with this error code')
    .option('--all', 'all messages')
    .option('--yes', 'do not ask')
    .addOption(jsonOption());
}

export interface ParkedWork {
  /** Starts the question. */
  readonly verb: string;
  /** The queues to search. */
  readonly queues: readonly ParkedQueueUrls[];
  /** About messages of other queues, if an id is not found. */
  readonly hint?: string;
  readonly perform: (queue: HeldQueue, advance: (by: number) => void) => Promise<void>;
}

/** @throws UsageError unless the options select in exactly one way */
export function assertOneSelection(ids: readonly string[], { code, all }: SelectionOptions): void {
  if ([ids.length > 0, code !== undefined, all === true].filter(Boolean).length !== 1)
    throw new UsageError('Which messages? Allowed: either their ids, or --code <code>, or --all.');
}

/**
 * Counts the selected messages, asks, and processes them, one queue after another. All others
 * become visible again at once.
 * @throws UsageError if a message is missing: nothing is done then
 */
export async function processParked(
  ids: readonly string[],
  options: SelectionOptions,
  { verb, queues, hint, perform }: ParkedWork,
  { clients: { sqs } }: Pick<Relay, 'clients'>,
  io: Io,
): Promise<void> {
  const held = await holdQueues(sqs, queues, ids);
  const done = new Set<HeldMessage>();
  try {
    assertFound(ids, held, hint);
    const selected = select(held, ids, options);
    if (selected.length === 0) return printNothing(options, io);
    await assertConfirmed(`${verb} ${selected.map(countText).join(', ')}?`, options, io);
    const progress = io.progress(
      verb,
      selected.reduce((sum, { messages }) => sum + messages.length, 0),
    );
    for (const queue of selected) {
      await perform(queue, (by) => progress.advance(by));
      for (const message of queue.messages) done.add(message);
      if (!options.json) io.print(`${countText(queue)}: done.`);
    }
    progress.end();
    if (options.json)
      printJson(
        selected.map(({ name, messages }) => ({ queue: name, messages: messages.length })),
        io,
      );
  } finally {
    await releaseQueues(
      sqs,
      without(held, (message) => done.has(message)),
    );
  }
}

function printNothing({ json }: JsonOption, io: Io): void {
  if (json) printJson([], io);
  else io.note('No such messages: nothing to do.');
}

function countText({ name, messages }: HeldQueue): string {
  return `${counted(messages.length, 'message')} of ${name}`;
}

function select(
  held: readonly HeldQueue[],
  ids: readonly string[],
  { code, all = false }: SelectionOptions,
): readonly HeldQueue[] {
  const isSelected = (message: HeldMessage) => all || message.code === code || ids.includes(message.id);
  return without(held, (message) => !isSelected(message)).filter(({ messages }) => messages.length > 0);
}

function without(queues: readonly HeldQueue[], isLeftOut: (message: HeldMessage) => boolean) {
  return queues.map((queue) => ({ ...queue, messages: queue.messages.filter((each) => !isLeftOut(each)) }));
}
