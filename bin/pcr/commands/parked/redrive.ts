import { type Command, Option } from 'commander';
import { UsageError } from '../../errors.ts';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { redrive } from '../../parked/held-messages.ts';
import { parkedQueueOf } from '../../parked/parked-queues.ts';
import { addSelectionOptions, processParked, type SelectionOptions } from '../../parked/process-parked.ts';

interface RedriveOptions extends SelectionOptions {
  readonly to?: (typeof eventQueues)[number];
}

/** The queues that process events, which is what `kept` contains. */
const eventQueues = ['opportunity', 'invitation', 'engagement'] as const;

/** `pcr parked redrive` */
export function addRedriveCommand(group: Command, io: Io): void {
  addSelectionOptions(group.command('redrive'))
    .description('Processes parked messages again. A delivery gets a new schedule.')
    .addOption(
      new Option('--to <queue>', 'with --queue kept only: the queue that processes them').choices(
        eventQueues,
      ),
    )
    .addHelpText(
      'after',
      examples(
        'pcr parked redrive --queue delivery --code delivery.exhausted',
        'pcr parked redrive --queue kept --all --to engagement',
      ),
    )
    .action((ids: readonly string[], options: RedriveOptions) => redriveParked(ids, options, io));
}

async function redriveParked(ids: readonly string[], options: RedriveOptions, io: Io): Promise<void> {
  assertDestination(options);
  const { to = options.queue } = options;
  await processParked(
    ids,
    options,
    'Process again',
    (relay, from, messages, advance) =>
      redrive(relay.clients.sqs, from, parkedQueueOf(to, relay).queue, messages, advance),
    io,
  );
}

/** @throws UsageError */
function assertDestination({ queue, to }: RedriveOptions): void {
  if (queue === 'kept' && to === undefined)
    throw new UsageError(
      `--to (not given): the quarantine would keep the messages again. Allowed: ${eventQueues.join(', ')}, in a release that can process them`,
    );
  if (queue !== 'kept' && to !== undefined)
    throw new UsageError(
      `--to ${to}: messages of ${queue} go back to their own queue. Allowed: with --queue kept only`,
    );
}
