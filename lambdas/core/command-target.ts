import { definitionOf } from './action-definitions.ts';
import type { CommandAction, CommandContent } from './command.ts';
import type { JsonObject } from './json.ts';
import type { TargetKind } from './line.ts';

/** The kind of record that an action changes. */
export function targetKindOf(action: CommandAction): TargetKind {
  return definitionOf(action).targetKind;
}

/** What a command changes: JSON Pointers into the record. */
export function pathsOf<A extends CommandAction>(content: CommandContent<A>): readonly string[] {
  const action: A = content.action;
  return definitionOf(action).paths(content);
}

/** The JSON Pointer by which a path of the request to AWS, or of what it wants, is reported. */
export function reportedPath(path: string, content: CommandContent): string {
  const { reportedPath: report } = definitionOf(content.action);
  if (report) return report(path);
  const [own = ''] = pathsOf(content);
  return own;
}

/**
 * Whether the command cannot be undone.
 * @param payload of the target
 */
export function isIrreversible<A extends CommandAction>(
  content: CommandContent<A>,
  payload: JsonObject,
): boolean {
  const action: A = content.action;
  return definitionOf(action).isIrreversible(content, payload);
}
