import { findCommand } from '../../../lambdas/commands/find-repeated.ts';
import { clientOf } from '../../../lambdas/core/command-client.ts';
import { commandIdOf } from '../../../lambdas/core/command-state.ts';
import type { RecordState } from '../../../lambdas/core/version.ts';
import { callerOf } from '../caller.ts';
import { UsageError } from '../errors.ts';
import type { Relay } from '../relay.ts';

export const commandArgument = 'its id, cmd_ and 32 hexadecimal digits; or the key of a command of yours';

/** @throws UsageError if there is no such command */
export async function findSentCommand(given: string, relay: Relay): Promise<RecordState> {
  const id = /^cmd_[0-9a-f]{32}$/.test(given) ? given : await ownCommandId(given, relay);
  const command = await findCommand(id, relay);
  if (command) return command;
  throw new UsageError(
    `${given}: there is no such command; allowed: ${commandArgument}. See \`pcr commands list\`.`,
  );
}

async function ownCommandId(key: string, relay: Relay): Promise<string> {
  return commandIdOf(clientOf((await callerOf(relay)).arn), key);
}
