import type { Command } from 'commander';
import type { Client } from '../../../lambdas/core/client.ts';
import { parseClient } from '../../../lambdas/core/client-definition.ts';
import { commandActions } from '../../../lambdas/core/command.ts';
import type { Json, JsonObject } from '../../../lambdas/core/json.ts';
import { withoutUndefined } from '../endpoints/definition-options.ts';
import { UsageError } from '../errors.ts';
import { namingOption } from '../missing-option.ts';
import { repeated } from '../values.ts';

/**
 * The fields of a client as options. An option of a list takes one element and may be repeated.
 */
export interface ClientOptions {
  readonly description?: string;
  readonly action?: readonly string[];
  readonly catalog?: readonly string[];
  readonly writable?: readonly string[];
  readonly never?: readonly string[];
  readonly requestsPerMinute?: string;
  readonly approval?: readonly string[];
}

export function addClientOptions(command: Command): Command {
  return command
    .option('--action <action>', 'what it may ask for; may be repeated', repeated)
    .option('--catalog <catalog>', 'AWS or Sandbox; may be repeated', repeated)
    .option(
      '--writable <pointer>',
      'JSON Pointer into the record: it changes nothing else; may be repeated; default: everything',
      repeated,
    )
    .option(
      '--never <pointer>',
      'JSON Pointer: it never changes this, also inside of --writable; may be repeated',
      repeated,
    )
    .option('--requests-per-minute <number>', 'the others are refused; default: 60')
    .option(
      '--approval <action>',
      'its commands wait for `pcr commands approve`: never, always, or an action; may be repeated; default: never',
      repeated,
    )
    .option('--description <text>', 'for your colleagues');
}

/** Fields with a default, which `--unset` can restore. */
export const optionalClientFields = [
  'description',
  'writable',
  'never',
  'requestsPerMinute',
  'approval',
] as const;

/** Returns the given fields of the definition. */
export function givenClientFields(options: ClientOptions): JsonObject {
  const { description, action, catalog, writable, never, requestsPerMinute, approval } = options;
  return withoutUndefined({
    description,
    actions: action,
    catalogs: catalog,
    writable,
    never,
    requestsPerMinute: requestsPerMinute === undefined ? undefined : wholeOr(requestsPerMinute),
    approval: approval && approvalOf(approval),
  });
}

/** @throws UsageError that names every invalid field */
export function toClient(definition: JsonObject): Client {
  const parsed = parseClient(definition);
  if ('problems' in parsed) throw new UsageError(...parsed.problems.map(namingOption));
  return parsed.client;
}

/** A single word that is no action is `never`, `always` or refused. */
function approvalOf(given: readonly string[]): Json {
  const [only = '', ...others] = given;
  return others.length > 0 || commandActions.some((action) => action === only) ? given : only;
}

/** Anything else stays a text, which the error about the field then shows. */
function wholeOr(text: string): Json {
  return /^\d{1,9}$/.test(text) ? Number(text) : text;
}
