import { type Change, diff } from '../../../lambdas/core/change.ts';
import type { Json, JsonObject } from '../../../lambdas/core/json.ts';
import { stringifyJson } from '../../../lambdas/core/json-text.ts';
import { printable } from '../table.ts';

/**
 * The changes of a definition, one line for each field or element. Values of headers may be
 * credentials and are left out.
 */
export function differenceLines(before: JsonObject, after: JsonObject): readonly string[] {
  return diff(before, after).map(changeLine);
}

function changeLine({ path, before, after }: Change): string {
  const isSecret = path === '/headers' || path.startsWith('/headers/');
  const text = (value: Json) => (isSecret ? '(hidden)' : printable(stringifyJson(value)));
  const field = printable(path.slice(1));
  if (before === undefined) return `+ ${field}: ${after === undefined ? '' : text(after)}`;
  return after === undefined
    ? `- ${field}: ${text(before)}`
    : `~ ${field}: ${text(before)} -> ${text(after)}`;
}
