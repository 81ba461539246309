import type { Command } from 'commander';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { drop } from '../../parked/held-messages.ts';
import { chosenQueues } from '../../parked/parked-queues.ts';
import {
  addSelectionOptions,
  assertOneSelection,
  type ParkedWork,
  processParked,
  type SelectionOptions,
} from '../../parked/process-parked.ts';

/** `pcr parked drop` */
export function addDropCommand(group: Command, io: Io): void {
  addSelectionOptions(group.command('drop'))
    .description('Deletes parked messages permanently.')
    .addHelpText(
      'after',
      examples(
        'pcr parked drop --code event.malformed',
        'pcr parked drop --queue kept --code event.unhandled',
      ),
    )
    .action((ids: readonly string[], options: SelectionOptions) => dropParked(ids, options, io));
}

async function dropParked(ids: readonly string[], options: SelectionOptions, io: Io): Promise<void> {
  assertOneSelection(ids, options);
  const relay = await io.relay();
  const work: ParkedWork = {
    verb: 'Delete permanently',
    queues: chosenQueues(options.queue, relay),
    perform: ({ parked, messages }, advance) => drop(relay.clients.sqs, parked, messages, advance),
  };
  await processParked(ids, options, work, relay, io);
}
