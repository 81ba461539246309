import type { Command } from 'commander';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption } from '../../json.ts';
import { printRows } from '../../output.ts';
import { type ParkedQueueName, queueOption } from '../../parked/parked-queues.ts';
import type { ParkedRow } from '../../parked/parked-row.ts';
import { readParked } from '../../parked/read-parked.ts';
import type { Column } from '../../table.ts';
import { wholeNumberValue } from '../../values.ts';

interface ListOptions extends JsonOption {
  readonly queue?: ParkedQueueName;
  readonly code?: string;
  readonly limit: number;
}

/** `pcr parked list` */
export function addListCommand(group: Command, io: Io): void {
  group
    .command('list')
    .description('The parked messages of each queue with the reason. The messages stay in their queues.')
    .addOption(queueOption())
    .option('--code <code>', 'given up with this error code, e.g. delivery.exhausted')
    .option('--limit <number>', 'messages to read from each queue', wholeNumberValue(1, 10_000), 100)
    .addOption(jsonOption())
    .addHelpText('after', examples('pcr parked list', 'pcr parked list --queue delivery --json'))
    .action((options: ListOptions) => listParked(options, io));
}

async function listParked(options: ListOptions, io: Io): Promise<void> {
  const queues = await readParked(options, await io.relay());
  const rows = queues.flatMap((queue) => queue.rows);
  printRows(rows, { columns, nothing: 'Nothing is parked.' }, options, io);
  for (const { name, depth } of queues)
    if (depth > options.limit) io.note(`${name}: about ${depth} messages. Add --limit to see more.`);
}

const columns: readonly Column<ParkedRow>[] = [
  { head: 'QUEUE', value: ({ queue }) => queue },
  { head: 'MESSAGE', value: ({ id }) => id, cut: 'never' },
  { head: 'PARKED', value: ({ parkedAt }) => parkedAt },
  { head: 'CODE', value: ({ code }) => code },
  { head: 'REASON', value: ({ reason }) => reason, cut: 'first' },
];
