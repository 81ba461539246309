import { type Change, diff } from '../../../lambdas/core/change.ts';
import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { endpointDefinition } from '../../../lambdas/core/endpoint-definition.ts';
import type { Json } from '../../../lambdas/core/json.ts';
import { stringifyJson } from '../../../lambdas/core/json-text.ts';
import { printable } from '../table.ts';

/**
 * The changes of an update, one line for each field or element. Values of headers may be
 * credentials and are left out.
 */
export function differenceLines(before: Endpoint, after: Endpoint): readonly string[] {
  return diff(endpointDefinition(before), endpointDefinition(after)).map(changeLine);
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
