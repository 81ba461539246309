import { commandStateOf } from '../core/command-version.ts';
import type { JsonObject } from '../core/json.ts';
import type { RecordState } from '../core/version.ts';
import type { StoredContent } from '../ports/command-store.ts';
import { type FindCommandDeps, findCommand, readContent } from './find-repeated.ts';

/** A command with the request of its client. */
export interface CommandDetails {
  readonly command: RecordState;
  /** Undefined once it is gone: 90 days after the end, or after an erasure. */
  readonly content: StoredContent | undefined;
}

export async function readCommand(
  commandId: string,
  deps: FindCommandDeps,
): Promise<CommandDetails | undefined> {
  const command = await findCommand(commandId, deps);
  return command && { command, content: await readContent(command, deps) };
}

/** The members of a command as every door prints them, without values of the record. */
export function commandMembers(command: RecordState): JsonObject {
  const { client: _client, ...state } = commandStateOf(command);
  return { id: command.id, catalog: command.catalog, ...state, version: command.version };
}

/** Also the request of the client, and the words of AWS about the refusal. */
export function detailMembers({ command, content }: CommandDetails): JsonObject {
  const { problems = [] } = commandStateOf(command);
  const messages = content?.awsMessages ?? [];
  const explained = problems.map((problem, index) => {
    const message = messages[index] ?? '';
    return message === '' ? problem : { ...problem, message };
  });
  return {
    ...commandMembers(command),
    ...(explained.length > 0 && { problems: explained }),
    ...(content && { request: content.body }),
  };
}
