import { definitionOf } from './action-definitions.ts';
import type { CommandAction, CommandContent } from './command.ts';
import type { Json, JsonObject } from './json.ts';
import { memberAt, type PatchValue } from './merge-patch.ts';

/** What a command wants of its record, at paths of `valueAt`. */
export function wantedValues<A extends CommandAction>(content: CommandContent<A>): readonly PatchValue[] {
  const action: A = content.action;
  return definitionOf(action).wanted(content);
}

/**
 * The value that an action sees at a path. For most actions that is the member of the record; the
 * owner in the team, and the entities by their ids, have paths that only these functions know.
 */
export function valueAt(action: CommandAction, payload: JsonObject, path: string): Json | undefined {
  return memberAt(definitionOf(action).view(payload), path);
}

/** See `ActionDefinition.isAsWritten`. */
export function isAsWritten(action: CommandAction, payload: JsonObject): boolean {
  return definitionOf(action).isAsWritten?.(payload) ?? true;
}

/**
 * The values of the wanted paths on which a command is based, to store them with it.
 * @param seen the payload of the version that the client saw
 */
export function baseValues<A extends CommandAction>(
  content: CommandContent<A>,
  seen: JsonObject,
): readonly PatchValue[] {
  const action: A = content.action;
  const { baseOf } = definitionOf(action);
  return wantedValues(content).map(({ path, value }) => ({
    path,
    value: baseOf ? baseOf(value) : valueAt(action, seen, path),
  }));
}

/** See `ActionDefinition.timestamp`. */
export function timestampOf(action: CommandAction, payload: JsonObject): string | undefined {
  return definitionOf(action).timestamp(payload);
}
