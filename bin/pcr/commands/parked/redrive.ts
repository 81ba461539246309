import { type Command, Option } from 'commander';
import { UsageError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import { redrive } from '../../parked/held-messages.ts';
import { parkedQueueOf } from '../../parked/parked-queues.ts';
import { addSelectionOptions, processParked, type SelectionOptions } from '../../parked/process-parked.ts';

interface Redriving extends SelectionOptions {
  readonly to?: (typeof readable)[number];
}

/** What the quarantine holds is an event: these read events. */
const readable = ['opportunity', 'invitation', 'engagement'] as const;

/** `pcr parked redrive` */
export function addRedrive(group: Command, io: Io): void {
  addSelectionOptions(group.command('redrive'))
    .description('Has parked messages worked on again. A delivery gets a new schedule.')
    .addOption(
      new Option('--to <queue>', 'the queue that is to work on them: of the quarantine alone').choices(
        readable,
      ),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  pcr parked redrive --queue delivery --code delivery.exhausted\n  pcr parked redrive --queue quarantine --all --to engagement',
    )
    .action(async (ids: readonly string[], options: Redriving) => {
      assertDestination(options);
      const { to = options.queue } = options;
      const relay = await io.relay();
      const destination = parkedQueueOf(to, relay).queue;
      await processParked(ids, options, io, 'Work again on', (from, messages, advance) =>
        redrive(relay.clients.sqs, from, destination, messages, advance),
      );
    });
}

/** @throws UsageError */
function assertDestination({ queue, to }: Redriving): void {
  if (queue === 'quarantine' && to === undefined)
    throw new UsageError(
      `--to (not given): the quarantine would only park it again. Allowed: ${readable.join(', ')}, of a release that reads it`,
    );
  if (queue !== 'quarantine' && to !== undefined)
    throw new UsageError(
      `--to ${to}: what is parked of ${queue} goes back to where it came from. Allowed: with --queue quarantine alone`,
    );
}
