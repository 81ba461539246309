import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { type JsonOption, jsonOption, printJson } from '../json.ts';
import { printRows } from '../output.ts';
import { drop, type HeldMessage, hold, type ParkedMessage, release } from '../parked/held-messages.ts';
import {
  depthOf,
  type ParkedQueueName,
  parkedQueueNames,
  parkedQueueOf,
  parkedQueueValue,
} from '../parked/parked-queues.ts';
import {
  addSelectionOptions,
  mostHeld,
  processParked,
  queueOption,
  type SelectionOptions,
} from '../parked/process-parked.ts';
import { type Column, details, printable } from '../table.ts';
import { wholeNumberValue } from '../values.ts';
import { addRedrive } from './parked/redrive.ts';

/** `pcr parked list|show|redrive|drop` */
export function addParkedCommands(program: Command, io: Io): void {
  const group = program
    .command('parked')
    .description('Work that was given up, with its reason. It is kept for 14 days.');
  addList(group, io);
  addShow(group, io);
  addRedrive(group, io);
  addDrop(group, io);
}

/** What a message is shown as. */
type Row = ParkedMessage & { readonly queue: ParkedQueueName };

interface Listing extends JsonOption {
  readonly queue?: ParkedQueueName;
  readonly code?: string;
  readonly limit: number;
}

const queueText = parkedQueueNames.join(', ');

function addList(group: Command, io: Io): void {
  group
    .command('list')
    .description('What was parked, queue by queue, and why. The messages stay where they are.')
    .option('--queue <name>', `one of ${queueText}`, parkedQueueValue)
    .option('--code <code>', 'given up for this reason, e.g. delivery.exhausted')
    .option('--limit <number>', 'look at so many of each queue', wholeNumberValue(1, 10_000), 100)
    .addOption(jsonOption())
    .addHelpText('after', '\nExamples:\n  pcr parked list\n  pcr parked list --queue delivery --json')
    .action(async (options: Listing) => {
      const names = options.queue ? [options.queue] : parkedQueueNames;
      const looked = await Promise.all(names.map((name) => lookInto(name, options, io)));
      printRows(
        io,
        options,
        looked.flatMap(({ rows }) => rows),
        { columns, nothing: 'Nothing is parked.' },
      );
      for (const { name, depth } of looked)
        if (depth > options.limit) io.note(`${name}: there are about ${depth}. Add --limit to see more.`);
    });
}

const columns: readonly Column<Row>[] = [
  { head: 'QUEUE', value: ({ queue }) => queue },
  { head: 'MESSAGE', value: ({ id }) => id },
  { head: 'PARKED', value: ({ parkedAt }) => parkedAt },
  { head: 'CODE', value: ({ code }) => code },
  { head: 'REASON', value: ({ reason }) => (reason.length > 100 ? `${reason.slice(0, 99)}…` : reason) },
];

async function lookInto(name: ParkedQueueName, { code, limit }: Omit<Listing, 'queue'>, io: Io) {
  const relay = await io.relay();
  const { parked } = parkedQueueOf(name, relay);
  const depth = await depthOf(parked, relay);
  const held = depth === 0 ? [] : await hold(relay.clients.sqs, parked, limit);
  await release(relay.clients.sqs, parked, held);
  const rows = held
    .filter((message) => code === undefined || message.code === code)
    .map((message) => rowOf(name, message));
  return { name, depth, rows };
}

function rowOf(queue: ParkedQueueName, held: HeldMessage): Row {
  const { receiptHandle: _, ...message } = held;
  return { queue, ...message };
}

function addShow(group: Command, io: Io): void {
  group
    .command('show')
    .description('One parked message with its body.')
    .argument('<message>', 'its id, as `pcr parked list` shows it')
    .addOption(queueOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  pcr parked show 0a1b2c3d-0000-4000-8000-000000000000 --queue delivery',
    )
    .action(async (id: string, options: JsonOption & Pick<SelectionOptions, 'queue'>) => {
      const relay = await io.relay();
      const { parked } = parkedQueueOf(options.queue, relay);
      const held = await hold(relay.clients.sqs, parked, mostHeld, (so) => so.some((each) => each.id === id));
      await release(relay.clients.sqs, parked, held);
      const found = held.find((message) => message.id === id);
      if (!found) throw new UsageError(`message ${id}: it is not in the parked queue ${options.queue}`);
      const row = rowOf(options.queue, found);
      if (options.json) printJson(io, row);
      else io.print(`${factsOf(row)}\n\n${found.body.split('\n').map(printable).join('\n')}`);
    });
}

function factsOf({ queue, id, parkedAt, code, reason }: Row): string {
  return details([
    ['Queue', queue],
    ['Message', id],
    ['Parked', parkedAt],
    ['Code', code],
    ['Reason', reason],
  ]);
}

function addDrop(group: Command, io: Io): void {
  addSelectionOptions(group.command('drop'))
    .description('Deletes parked messages for good.')
    .addHelpText('after', '\nExample:\n  pcr parked drop --queue quarantine --code event.unhandled')
    .action(async (ids: readonly string[], options: SelectionOptions) => {
      const { sqs } = (await io.relay()).clients;
      await processParked(ids, options, io, 'Delete for good', (from, messages, advance) =>
        drop(sqs, from, messages, advance),
      );
    });
}
