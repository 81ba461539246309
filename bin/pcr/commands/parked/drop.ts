import type { Command } from 'commander';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { drop } from '../../parked/held-messages.ts';
import { addSelectionOptions, processParked, type SelectionOptions } from '../../parked/process-parked.ts';

/** `pcr parked drop` */
export function addDropCommand(group: Command, io: Io): void {
  addSelectionOptions(group.command('drop'))
    .description('Deletes parked messages permanently.')
    .addHelpText('after', examples('pcr parked drop --queue quarantine --code event.unhandled'))
    .action((ids: readonly string[], options: SelectionOptions) => dropParked(ids, options, io));
}

async function dropParked(ids: readonly string[], options: SelectionOptions, io: Io): Promise<void> {
  const { sqs } = (await io.relay()).clients;
  await processParked(
    ids,
    options,
    'Delete permanently',
    (from, messages, advance) => drop(sqs, from, messages, advance),
    io,
  );
}
