import type { Command } from 'commander';
import { describeValue } from '../../../lambdas/core/describe-value.ts';
import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { parseEndpoint } from '../../../lambdas/core/endpoint-definition.ts';
import { parseNumber } from '../../../lambdas/core/exact-number.ts';
import type { Json, JsonObject } from '../../../lambdas/core/json.ts';
import { UsageError } from '../errors.ts';
import { namingOption } from '../missing-option.ts';
import { repeated } from '../values.ts';
import { yamlValue } from './yaml-value.ts';

/**
 * The fields of an endpoint as options of the same name. An option of a list takes one element and
 * may be repeated.
 */
export interface DefinitionOptions {
  readonly description?: string;
  readonly format?: string;
  readonly url?: string;
  readonly eventBus?: string;
  readonly topic?: readonly string[];
  readonly catalog?: readonly string[];
  readonly filter?: string;
  readonly payload?: string;
  readonly redact?: readonly string[];
  readonly only?: readonly string[];
  readonly ordering?: string;
  readonly ratePerSecond?: string;
  readonly client?: string;
  readonly echo?: string;
  readonly header?: readonly string[];
  readonly timeoutSeconds?: string;
  readonly caCertificate?: string;
}

/** For commands that store the URL of a channel. */
export interface UrlFileOption {
  readonly urlFile?: string;
}

export function addDefinitionOptions(command: Command): Command {
  return command
    .option('--url <url>', 'https address that messages are posted to')
    .option('--event-bus <arn>', 'event bus that messages are put on, instead of --url')
    .option(
      '--format <format>',
      'standard: signed, for software; slack or teams: for people, with --url-file instead of --url',
    )
    .option(
      '--url-file <file>',
      'file with the URL of the slack or teams channel, a secret; - for standard input',
    )
    .option('--topic <topic>', 'type or topic to send, * for any characters; may be repeated', repeated)
    .option('--catalog <catalog>', 'AWS or Sandbox; may be repeated; default: both', repeated)
    .option('--filter <json>', 'EventBridge pattern; messages that do not match are not sent')
    .option('--payload <form>', 'full: with the record and values; thin: only ids and paths of changes')
    .option('--redact <pointer>', 'JSON Pointer left out, or personal-data; may be repeated', repeated)
    .option(
      '--only <pointer>',
      'of the record, send only this; instead of --redact; may be repeated',
      repeated,
    )
    .option('--ordering <ordering>', 'none, or per-record: each version waits for the previous one')
    .option('--rate-per-second <number>', 'most messages in a second')
    .option(
      '--client <name>',
      'client of commands whose own endpoint this is; it gets no commands of others, and knows its echoes',
    )
    .option(
      '--echo <form>',
      'changes that the client has made itself; mark: named in the cause; omit: not sent; default: mark',
    )
    .option('--header <name: value>', 'sent with every message; may be repeated', repeated)
    .option('--timeout-seconds <seconds>', 'timeout of one attempt, 1 to 30; default: 15')
    .option('--ca-certificate <pem>', 'authority of a private receiver: "$(cat ca.pem)"')
    .option('--description <text>', 'for your colleagues');
}

/** Fields with a default, which `--unset` can restore. */
export const optionalFields = [
  'description',
  'headers',
  'timeoutSeconds',
  'caCertificate',
  'catalogs',
  'filter',
  'payload',
  'redact',
  'ordering',
  'ratePerSecond',
  'client',
  'echo',
] as const;

/**
 * Returns the given fields in the flat form.
 * @throws UsageError for a malformed filter or header, and for --redact with --only
 */
export function givenFields(options: DefinitionOptions): JsonObject {
  const { description, format, url, eventBus, topic, catalog, filter, payload, ordering } = options;
  const { header, timeoutSeconds, caCertificate, ratePerSecond, client, echo } = options;
  const given: Readonly<Record<string, Json | undefined>> = {
    description,
    format,
    url,
    eventBus,
    topics: topic,
    catalogs: catalog,
    filter: filter === undefined ? undefined : jsonOf('--filter', filter),
    payload,
    redact: redactOf(options),
    ordering,
    headers: header && headersOf(header),
    timeoutSeconds: timeoutSeconds === undefined ? undefined : numberOr(timeoutSeconds),
    caCertificate,
    ratePerSecond: ratePerSecond === undefined ? undefined : numberOr(ratePerSecond),
    client,
    echo,
  };
  return withoutUndefined(given);
}

function redactOf({ redact, only }: DefinitionOptions): Json | undefined {
  if (redact && only) throw new UsageError('--redact, --only: both given; allowed: one of them');
  return only ? { only } : redact;
}

/** @throws UsageError that names every invalid field */
export function toEndpoint(definition: JsonObject): Endpoint {
  const parsed = parseEndpoint(definition);
  if ('problems' in parsed) throw new UsageError(...parsed.problems.map(namingOption));
  return parsed.endpoint;
}

/** JSON is valid YAML. */
function jsonOf(option: string, text: string): Json {
  const yaml = yamlValue(text);
  if ('problem' in yaml)
    throw new UsageError(`${option} ${describeValue(text)}: allowed: JSON, such as {"data":{"version":[1]}}`);
  return yaml.value;
}

/** Values of headers may be secrets and are never part of an error. */
function headersOf(headers: readonly string[]): JsonObject {
  const pairs = headers.map((header, index) => {
    const [, name, value] = /^([^:\s]+):[ \t]*(.*)$/s.exec(header) ?? [];
    if (name === undefined || value === undefined)
      throw new UsageError(`--header, number ${index + 1}: allowed: a name, a colon and a value`);
    return [name, value] as const;
  });
  const twice = pairs.find(([name], index) => pairs.slice(0, index).some(([before]) => before === name));
  if (twice) throw new UsageError(`--header ${twice[0]}: given twice; allowed: each name once`);
  return Object.fromEntries(pairs);
}

/** Anything else stays a text, which the error about the field then shows. */
function numberOr(text: string): Json {
  return /^\d+(\.\d+)?$/.test(text) ? parseNumber(text) : text;
}

export function withoutUndefined(members: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}
