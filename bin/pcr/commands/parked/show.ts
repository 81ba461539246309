import type { Command } from 'commander';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption, printJson } from '../../json.ts';
import { assertFound, holdQueues, releaseQueues } from '../../parked/held-queues.ts';
import { chosenQueues, type ParkedQueueName, queueOption } from '../../parked/parked-queues.ts';
import { type ParkedRow, toRow } from '../../parked/parked-row.ts';
import type { Screen } from '../../screen.ts';
import { details, printable } from '../../table.ts';

interface ShowOptions extends JsonOption {
  readonly queue?: ParkedQueueName;
}

/** `pcr parked show` */
export function addShowCommand(group: Command, io: Io): void {
  group
    .command('show')
    .description('One parked message with its body.')
    .argument('<message>', 'its id, from `pcr parked list`')
    .addOption(queueOption())
    .addOption(jsonOption())
    .addHelpText('after', examples('pcr parked show 0a1b2c3d-0000-4000-8000-000000000000'))
    .action((id: string, options: ShowOptions) => showParked(id, options, io));
}

async function showParked(id: string, { queue, json = false }: ShowOptions, io: Io): Promise<void> {
  const relay = await io.relay();
  const { sqs } = relay.clients;
  const held = await holdQueues(sqs, chosenQueues(queue, relay), [id]);
  await releaseQueues(sqs, held);
  assertFound([id], held);
  for (const { name, messages } of held)
    for (const message of messages.filter((each) => each.id === id)) printRow(toRow(name, message), json, io);
}

function printRow(row: ParkedRow, json: boolean, io: Io): void {
  if (json) printJson(row, io);
  else io.print(`${factsOf(row, io.out)}\n\n${row.body.split('\n').map(printable).join('\n')}`);
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
