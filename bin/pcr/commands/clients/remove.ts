import type { Command } from 'commander';
import { endpointsOf, openCommandsOf } from '../../clients/client-commands.ts';
import { clientSecretId } from '../../clients/client-secret.ts';
import { lookUpClient, missingClient } from '../../clients/find-client.ts';
import { examples, withClientId } from '../../help.ts';
import { assertConfirmed, type Io } from '../../io.ts';
import { type JsonOption, jsonOption } from '../../json.ts';
import { counted, printDone } from '../../output.ts';

interface RemoveOptions extends JsonOption {
  readonly yes?: boolean;
}

/** `pcr clients remove` */
export function addRemoveCommand(group: Command, io: Io): void {
  withClientId(group.command('remove'))
    .description('Removes a client and its secret. Its open commands are named, and go on.')
    .option('--yes', 'do not ask, even if commands are open')
    .addOption(jsonOption())
    .addHelpText('after', examples('pcr clients remove crm', 'pcr clients remove crm --yes'))
    .action((id: string, options: RemoveOptions) => removeClient(id, options, io));
}

/** Safe to repeat after an interruption, which may have left the secret. */
async function removeClient(id: string, { yes = false, json }: RemoveOptions, io: Io): Promise<void> {
  const relay = await io.relay();
  const secretId = clientSecretId(id, relay);
  const exists = (await lookUpClient(id, relay)) !== undefined;
  if (!exists && !(await relay.secrets.state(secretId))) throw await missingClient(id, relay);
  const [open, endpoints] = await Promise.all([openCommandsOf(id, relay), endpointsOf(id, relay)]);
  const openCommands = open.map((command) => command.id);
  const goesOn =
    open.length === 0
      ? ''
      : `${counted(open.length, 'command')} of ${id} would go on: ${openCommands.join(', ')}. `;
  await assertConfirmed(`${goesOn}Remove the client ${id} and its secret?`, { yes }, io);
  await relay.commandClients.remove(id);
  await relay.secrets.remove(secretId);
  const left = endpoints.length === 0 ? '' : ` These endpoints still name it: ${endpoints.join(', ')}.`;
  const done = `${exists ? `Removed ${id}.` : `Removed what was left of ${id}.`}${left}`;
  printDone({ clientId: id, openCommands, endpoints }, done, { json }, io);
}
