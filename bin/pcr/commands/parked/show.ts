import type { Command } from 'commander';
import { UsageError } from '../../errors.ts';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption, printJson } from '../../json.ts';
import { hold, release } from '../../parked/held-messages.ts';
import { type ParkedQueueName, parkedQueueOf } from '../../parked/parked-queues.ts';
import { type ParkedRow, toRow } from '../../parked/parked-row.ts';
import { mostHeld, queueOption } from '../../parked/process-parked.ts';
import type { Screen } from '../../screen.ts';
import { details, printable } from '../../table.ts';

interface ShowOptions extends JsonOption {
  readonly queue: ParkedQueueName;
}

/** `pcr parked show` */
export function addShowCommand(group: Command, io: Io): void {
  group
    .command('show')
    .description('One parked message with its body.')
    .argument('<message>', 'its id, from `pcr parked list`')
    .addOption(queueOption())
    .addOption(jsonOption())
    .addHelpText('after', examples('pcr parked show 0a1b2c3d-0000-4000-8000-000000000000 --queue delivery'))
    .action((id: string, options: ShowOptions) => showParked(id, options, io));
}

async function showParked(id: string, { queue, json = false }: ShowOptions, io: Io): Promise<void> {
  const relay = await io.relay();
  const { parked } = parkedQueueOf(queue, relay);
  const held = await hold(relay.clients.sqs, parked, mostHeld, (messages) =>
    messages.some((each) => each.id === id),
  );
  await release(relay.clients.sqs, parked, held);
  const found = held.find((message) => message.id === id);
  if (!found) throw new UsageError(`message ${id}: it is not in the parked queue ${queue}`);
  const row = toRow(queue, found);
  if (json) printJson(row, io);
  else io.print(`${factsOf(row, io.out)}\n\n${found.body.split('\n').map(printable).join('\n')}`);
}

function factsOf({ queue, id, parkedAt, code, reason }: ParkedRow, screen: Screen): string {
  return details(
    [
      ['Queue', queue],
      ['Message', id],
      ['Parked', parkedAt],
      ['Code', code],
      ['Reason', reason],
    ],
    screen,
  );
}
