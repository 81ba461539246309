import { definitionOf } from './action-definitions.ts';
import type { CommandAction, CommandContent } from './command.ts';
import type { CommandState } from './command-state.ts';
import { sha256 } from './digest.ts';
import type { JsonObject } from './json.ts';
import type { LineKey } from './line.ts';
import type { UpdateRequest } from './update-request.ts';

/**
 * Makes the request of a command, without a token.
 * @param payload the answer of the read on which the request is based
 */
export function requestOf<A extends CommandAction>(
  content: CommandContent<A>,
  line: LineKey,
  payload: JsonObject,
): UpdateRequest {
  const action: A = content.action;
  return definitionOf(action).request(content, line, payload);
}

/** Adds the token to a request. Each generation has a token of its own. */
export function withToken(
  body: JsonObject,
  { client, key, acceptedAt }: Pick<CommandState, 'client' | 'key' | 'acceptedAt'>,
  generation: number,
): JsonObject {
  const ClientToken = sha256([client, key, acceptedAt, String(generation)].join('\n'));
  return { ...body, ClientToken };
}
