import type { Command } from 'commander';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { drop } from '../../parked/held-messages.ts';
import { addSelectionOptions, processParked, type SelectionOptions } from '../../parked/process-parked.ts';

/** `pcr parked drop` */
export function addDropCommand(group: Command, io: Io): void {
  addSelectionOptions(group.command('drop'))
    .description('Deletes parked messages permanently.')
    .addHelpText('after', examples('pcr parked drop --queue kept --code event.unhandled'))
    .action((ids: readonly string[], options: SelectionOptions) => dropParked(ids, options, io));
}

async function dropParked(ids: readonly string[], options: SelectionOptions, io: Io): Promise<void> {
  await processParked(
    ids,
    options,
    'Delete permanently',
    ({ clients }, from, messages, advance) => drop(clients.sqs, from, messages, advance),
    io,
  );
}
