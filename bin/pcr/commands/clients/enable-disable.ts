import type { Command } from 'commander';
import { openCommandsOf } from '../../clients/client-commands.ts';
import { findClient } from '../../clients/find-client.ts';
import { examples, withClientId } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption } from '../../json.ts';
import { counted, printDone } from '../../output.ts';

/** `pcr clients enable` */
export function addEnableCommand(group: Command, io: Io): void {
  withClientId(group.command('enable'))
    .description('Takes requests of a client again. Safe to repeat.')
    .addOption(jsonOption())
    .addHelpText('after', examples('pcr clients enable crm'))
    .action(async (id: string, options: JsonOption) => {
      const relay = await io.relay();
      await findClient(id, relay);
      const changed = (await relay.commandClients.setDisabled(id, false)) === 'changed';
      const done = `${id} is enabled${changed ? '' : ' already'}.`;
      printDone({ clientId: id, disabled: false, changed }, done, options, io);
    });
}

/** `pcr clients disable` */
export function addDisableCommand(group: Command, io: Io): void {
  withClientId(group.command('disable'))
    .description('Refuses every request of a client until it is enabled. What was accepted goes on.')
    .addOption(jsonOption())
    .addHelpText('after', examples('pcr clients disable crm'))
    .action(async (id: string, options: JsonOption) => {
      const relay = await io.relay();
      await findClient(id, relay);
      const changed = (await relay.commandClients.setDisabled(id, true)) === 'changed';
      const open = await openCommandsOf(id, relay);
      const openCommands = open.map((command) => command.id);
      const left =
        open.length === 0
          ? ''
          : ` ${counted(open.length, 'open command')} ${open.length === 1 ? 'goes' : 'go'} on: see \`pcr commands list --client ${id}\`, and end them with \`pcr commands cancel\`.`;
      const done = `${id} is disabled${changed ? '' : ' already'}.${left}`;
      printDone({ clientId: id, disabled: true, changed, openCommands }, done, options, io);
    });
}
