import { type Command, Option } from 'commander';
import { UsageError } from '../../errors.ts';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { counted } from '../../output.ts';
import { redrive } from '../../parked/held-messages.ts';
import { chosenQueues, depthOf, parkedQueueOf } from '../../parked/parked-queues.ts';
import {
  addSelectionOptions,
  assertOneSelection,
  type ParkedWork,
  processParked,
  type SelectionOptions,
} from '../../parked/process-parked.ts';
import type { Relay } from '../../relay.ts';

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
        'pcr parked redrive --all',
        'pcr parked redrive --queue delivery --code delivery.exhausted',
        'pcr parked redrive --queue kept --all --to engagement',
      ),
    )
    .action((ids: readonly string[], options: RedriveOptions) => redriveParked(ids, options, io));
}

async function redriveParked(ids: readonly string[], options: RedriveOptions, io: Io): Promise<void> {
  assertOneSelection(ids, options);
  assertDestination(options);
  const relay = await io.relay();
  const { sqs } = relay.clients;
  const { queue, to } = options;
  const chosen = chosenQueues(queue, relay);
  const target = to && parkedQueueOf(to, relay).queue;
  const work: ParkedWork = {
    verb: 'Process again',
    hint: queue === undefined ? '; those of kept need --queue kept --to QUEUE' : '',
    queues: queue === 'kept' ? chosen : chosen.filter(({ name }) => name !== 'kept'),
    perform: ({ parked, queue: own, messages }, advance) =>
      redrive(sqs, parked, target ?? own, messages, advance),
  };
  await processParked(ids, options, work, relay, io);
  if (queue === undefined && ids.length === 0) await noteKept(relay, io);
}

/** Messages of `kept` are left out, because only the user knows which queue can process them. */
async function noteKept(relay: Relay, io: Io): Promise<void> {
  const depth = await depthOf(parkedQueueOf('kept', relay).parked, relay);
  if (depth > 0)
    io.note(`About ${counted(depth, 'message')} of kept stay: add --queue kept --to QUEUE for those.`);
}

/** @throws UsageError */
function assertDestination({ queue, to }: RedriveOptions): void {
  if (queue === 'kept' && to === undefined)
    throw new UsageError(
      `--to (not given): the quarantine would keep the messages again. Allowed: ${eventQueues.join(', ')}, in a release that can process them`,
    );
  if (queue !== 'kept' && to !== undefined)
    throw new UsageError(
      `--to ${to}: parked messages go back to their own queue. Allowed: with --queue kept only`,
    );
}
