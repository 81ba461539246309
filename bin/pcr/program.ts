import { Command, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { addBackfillCommand } from './commands/backfill.ts';
import { addCommandsCommands } from './commands/commands.ts';
import { addCompletionCommand } from './commands/completion.ts';
import { addDeliveriesCommands } from './commands/deliveries.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addEndpointsCommands } from './commands/endpoints.ts';
import { addEraseCommand } from './commands/erase.ts';
import { addListenCommand } from './commands/listen.ts';
import { addParkedCommands } from './commands/parked.ts';
import { addQuotaCommand } from './commands/quota.ts';
import { addReconcileCommand } from './commands/reconcile.ts';
import { addRecordsCommands } from './commands/records.ts';
import { addReplayCommand } from './commands/replay.ts';
import { addRowsCommands } from './commands/rows.ts';
import { addUninstallCommand } from './commands/uninstall.ts';
import type { Io } from './io.ts';

/** In the order of the help text. */
const commands = [
  addEndpointsCommands,
  addDeliveriesCommands,
  addReplayCommand,
  addListenCommand,
  addRecordsCommands,
  addCommandsCommands,
  addParkedCommands,
  addRowsCommands,
  addEraseCommand,
  addBackfillCommand,
  addReconcileCommand,
  addQuotaCommand,
  addDoctorCommand,
  addUninstallCommand,
  addCompletionCommand,
];

/**
 * Creates all commands. Errors are thrown and never end the process: `run` turns them into an exit
 * code.
 */
export function createProgram(io: Io): Command {
  const program = new Command('pcr')
    .description(
      'Operates a deployed Partner Central Relay: its endpoints, deliveries, records and parked work.',
    )
    .addOption(
      new Option('--stack <name>', 'name of the stack, needed if there are several').env('PCR_STACK'),
    )
    .option('--profile <name>', 'profile of the AWS credentials, as in AWS_PROFILE')
    .version(packageJson.version, '--version')
    .addHelpText('after', `\n${about}`)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.print(withoutLineEnd(text)),
      writeErr: (text) => io.note(withoutLineEnd(text)),
    })
    .showHelpAfterError('Add --help to see what is allowed.');
  for (const addCommands of commands) addCommands(program, io);
  return program;
}

const about = `It uses the AWS credentials of your environment and finds the stack in us-east-1 by its outputs.
Exit codes: 0 done; 1 failed, or found a problem; 2 the command line is wrong, and nothing was changed.

Examples:
  pcr doctor
  pcr endpoints add --url https://partner.example.com/hooks --topic 'opportunity.*'
  pcr deliveries list --endpoint ep_crm --status exhausted --since 2d
  eval "$(pcr complete bash)"`;

function withoutLineEnd(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}
