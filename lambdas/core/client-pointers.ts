import { escapePointer } from './change.ts';
import type { Client } from './client.ts';
import type { CommandContent } from './command.ts';
import { pathsOf } from './command-target.ts';
import { contextPayload } from './engagement-context.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import { parsePointer, type Steps } from './pointer-selection.ts';

/** Why a client may not change a path: because of `never`, or because it is not writable. */
export type Forbidden = { readonly never: string } | { readonly writable: readonly string[] };

/** Returns undefined if the client may change the value at a path of the record. */
export function findForbidden(
  { writable, never }: Pick<Client, 'writable' | 'never'>,
  path: string,
): Forbidden | undefined {
  const reached = findReached(never, path);
  if (reached !== undefined) return { never: reached };
  const steps = parsePointer(path);
  const isWritable = writable
    .map(parsePointer)
    .some((each) => each.length <= steps.length && agree(each, steps));
  return isWritable ? undefined : { writable };
}

/**
 * Returns a pointer whose value is at a path, inside of it or around it. To replace an object
 * replaces everything inside of it.
 */
export function findReached(pointers: readonly string[], path: string): string | undefined {
  const steps = parsePointer(path);
  return pointers.find((pointer) => agree(parsePointer(pointer), steps, true));
}

/**
 * Whether one is at, above or below the other: whether the steps that both have are the same.
 * @param isAny whether a step `*` of the path, which stands for any element of a list, matches too
 */
function agree(pointer: Steps, steps: Steps, isAny = false): boolean {
  return pointer.every((step, index) => {
    const other = steps[index];
    return other === undefined || step === '*' || step === other || (isAny && other === '*');
  });
}

/**
 * What a command can change: JSON Pointers into the record. Unlike `pathsOf`, it has the empty
 * objects of a patch, which can replace a value that is no object.
 */
export function reachedPaths(content: CommandContent): readonly string[] {
  if (content.action === 'engagement.update_context') return pathsIn(content.context.patch, contextPayload);
  if (content.action === 'opportunity.update') return pathsIn(content.patch, '');
  return content.action === 'opportunity.create' ? pathsIn(content.opportunity, '') : pathsOf(content);
}

function pathsIn(patch: JsonObject, path: string): readonly string[] {
  return Object.entries(patch).flatMap(([name, value]) => {
    const inner = `${path}/${escapePointer(name)}`;
    return isJsonObject(value) && Object.keys(value).length > 0 ? pathsIn(value, inner) : inner;
  });
}
