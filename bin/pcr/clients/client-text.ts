import type { Client } from '../../../lambdas/core/client.ts';
import { clientDefinition } from '../../../lambdas/core/client-definition.ts';
import type { JsonObject } from '../../../lambdas/core/json.ts';

/** A client as `--json` prints it. */
export function printedClient(client: Client): JsonObject {
  return { ...clientDefinition(client), disabled: client.disabled };
}

export function stateText({ disabled }: Client): string {
  return disabled ? 'disabled' : 'enabled';
}

export function approvalText({ approval }: Client): string {
  return typeof approval === 'string' ? approval : approval.join(' ');
}

/** What it may change of a record. */
export function writableText({ writable }: Client): string {
  return writable.map((pointer) => (pointer === '' ? 'everything' : pointer)).join(' ') || 'nothing';
}
