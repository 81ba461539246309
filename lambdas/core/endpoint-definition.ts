import * as v from 'valibot';
import { chatFormatOf } from './chat-url.ts';
import { describeValue } from './describe-value.ts';
import { type ChatFormat, type Destination, type Endpoint } from './endpoint.ts';
import { formatField, refusedHeaders } from './endpoint-fields.ts';
import {
  chatSchema,
  declaredSchema,
  eventBusSchema,
  storedSchema,
  webhookSchema,
} from './endpoint-schema.ts';
import { filterOptions, parsePattern } from './event-pattern.ts';
import { fieldProblems } from './field-problems.ts';
import { parseInstant } from './instant.ts';
import { isJsonObject, type Json, type JsonObject, textAt } from './json.ts';
import { parseValue } from './value-schema.ts';

export type Parsed = { readonly endpoint: Endpoint } | { readonly problems: readonly string[] };

/**
 * The members of an endpoint in its flat form: in the table, in YAML, on the command line and as
 * printed.
 */
export const definitionFields = [
  'id',
  'description',
  'format',
  'url',
  'headers',
  'timeoutSeconds',
  'caCertificate',
  'secretId',
  'eventBus',
  'topics',
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
 * Parses an endpoint as an operator defines it: `id`, `topics`, and either `url` with `secretId`,
 * or `eventBus`, or `format` of a chat with `secretId`; every other member has a default. Every
 * problem names the field, its value and what is allowed. The value of a header may be a secret and
 * is left out.
 */
export function parseEndpoint(given: Json): Parsed {
  if (!isJsonObject(given)) return { problems: [`an endpoint: ${describeValue(given)}; allowed: an object`] };
  const unknown = Object.keys(given)
    .filter((name) => !definitionFields.some((field) => field === name))
    .map((name) => `${name}: not a field of an endpoint; allowed: ${allowedInstead(name)}`);
  return parse(given, declaredSchema, parseDestination(given), [...unknown, ...misplacedUrl(given)]);
}

const chatNames: Readonly<Record<ChatFormat, string>> = { slack: 'Slack', teams: 'Teams' };

/** A chat reads no signed messages, and its URL would be stored and printed in clear. */
function misplacedUrl({ url, format = 'standard' }: JsonObject): readonly string[] {
  const chat = typeof url === 'string' ? chatFormatOf(url) : undefined;
  if (format !== 'standard' || chat === undefined) return [];
  return [
    `url: ${printedValue(url)}; allowed: for ${chatNames[chat]} format: ${chat}, with the URL in --url-file, or in a file of endpoints urlFile`,
  ];
}

function allowedInstead(name: string): string {
  return name === 'only' ? 'inside redact, as redact: { only: [pointers] }' : definitionFields.join(', ');
}

/**
 * Parses an endpoint as it is stored: with `disabled`, and with `listenerExpiresAt` for `pcr
 * listen`. Unknown members are ignored, and a topic may be one that no longer exists.
 */
export function parseStoredEndpoint(item: Json): Parsed {
  if (!isJsonObject(item)) return { problems: ['not an object'] };
  const expiresAt = parseInstant(item['listenerExpiresAt']);
  const parsed = parse(
    item,
    storedSchema,
    expiresAt ? { destination: { kind: 'listener', expiresAt } } : parseDestination(item),
  );
  const disabled = disabledOf(item);
  return 'endpoint' in parsed && disabled ? { endpoint: { ...parsed.endpoint, disabled } } : parsed;
}

/**
 * Returns the flat form with defaults, which `parseEndpoint` reads as the same endpoint. A listener
 * has no destination in it.
 */
export function endpointDefinition(endpoint: Endpoint): JsonObject {
  const { id, description, destination, topics, catalogs, filter, payload, redact } = endpoint;
  const { ordering, ratePerSecond, client, echo } = endpoint;
  return {
    id,
    ...(description !== undefined && { description }),
    ...destinationDefinition(destination),
    topics,
    catalogs,
    ...(filter && { filter }),
    payload,
    redact,
    ordering,
    ...(ratePerSecond !== undefined && { ratePerSecond }),
    ...(client !== undefined && { client }),
    ...(echo !== undefined && { echo }),
  };
}

function destinationDefinition(destination: Destination): JsonObject {
  if (destination.kind === 'listener') return {};
  if (destination.kind === 'eventbridge') return { eventBus: destination.busArn };
  if (destination.kind === 'chat') {
    const { format, timeoutSeconds, secretId } = destination;
    return { format, timeoutSeconds, secretId };
  }
  const { url, headers, timeoutSeconds, caCertificate, secretId } = destination;
  return { url, headers, timeoutSeconds, ...(caCertificate !== undefined && { caCertificate }), secretId };
}

type ParsedDestination = { readonly destination: Destination } | { readonly problems: readonly string[] };

function parseDestination(given: JsonObject): ParsedDestination {
  const { url, eventBus: bus, format = 'standard' } = given;
  const parsed = parseValue(formatField, format);
  if ('allowed' in parsed)
    return { problems: [`format: ${printedValue(format)}; allowed: ${parsed.allowed}`] };
  if (parsed.value !== 'standard') return parseChat(given, parsed.value);
  if ((url === undefined) === (bus === undefined)) {
    const found = url === undefined ? 'neither' : 'both';
    return { problems: [`url, eventBus: ${found} given; allowed: one of them`] };
  }
  if (url === undefined) {
    const misplaced = ['headers', 'timeoutSeconds', 'caCertificate', 'secretId']
      .filter((name) => given[name] !== undefined)
      .map((name) => `${name}: allowed only with url, not with eventBus`);
    const { issues, output } = v.safeParse(eventBusSchema, given);
    if (issues || misplaced.length > 0) return { problems: [...misplaced, ...problemsOf(issues, given)] };
    return { destination: { kind: 'eventbridge', busArn: output.eventBus } };
  }
  const { issues, output } = v.safeParse(webhookSchema, given);
  if (issues) return { problems: problemsOf(issues, given) };
  return { destination: { kind: 'webhook', ...output } };
}

/** The URL is a secret: no value is part of a problem. */
function parseChat(given: JsonObject, format: ChatFormat): ParsedDestination {
  const misplaced = ['url', 'headers', 'caCertificate', 'eventBus']
    .filter((name) => given[name] !== undefined)
    .map((name) =>
      name === 'url'
        ? `url: not with format ${format}, whose URL is a secret; allowed: --url-file, or in a file of endpoints urlFile`
        : `${name}: allowed only with format standard, not with ${format}`,
    );
  const { issues, output } = v.safeParse(chatSchema, given);
  if (issues || misplaced.length > 0) return { problems: [...misplaced, ...problemsOf(issues, given)] };
  return { destination: { kind: 'chat', ...output } };
}

function parse(
  given: JsonObject,
  schema: typeof declaredSchema,
  parsed: ParsedDestination,
  unknown: readonly string[] = [],
): Parsed {
  const { filter, client, echo } = given;
  const { issues, output } = v.safeParse(schema, given);
  const problems = [
    ...unknown,
    ...('problems' in parsed ? parsed.problems : []),
    ...problemsOf(issues, given),
    ...(echo !== undefined && client === undefined
      ? [`echo: ${printedValue(echo)}; allowed: only with client`]
      : []),
    ...(isJsonObject(filter)
      ? parsePattern(filter, filterOptions).problems.map((each) => `filter${each}`)
      : []),
  ];
  if (issues || 'problems' in parsed || problems.length > 0) return { problems };
  const ofClient = output.client === undefined ? {} : { echo: output.echo ?? 'mark' };
  return { endpoint: { ...output, ...ofClient, destination: parsed.destination } };
}

/** `topics[0]: "x"; allowed: …` */
function problemsOf(
  issues: readonly v.BaseIssue<unknown>[] | undefined,
  given: JsonObject,
): readonly string[] {
  return fieldProblems(issues, given, (field, value) =>
    field === 'headers' ? refusedHeaders(value ?? {}) : printedValue(value),
  );
}

const hiddenUrls: Readonly<Record<ChatFormat, string>> = {
  slack: 'https://hooks.slack.com/…',
  teams: 'https://…&sig=…',
};

/** The URL of a channel is a credential. It may be given in the wrong place. */
function printedValue(value: Json | undefined): string {
  const chat = typeof value === 'string' ? chatFormatOf(value) : undefined;
  return describeValue(chat === undefined ? value : hiddenUrls[chat]);
}

/**
 * Any value of `disabled` disables the endpoint: an edit by hand may leave out the reason, and must
 * not enable it.
 */
function disabledOf({ disabled }: JsonObject): Endpoint['disabled'] {
  if (disabled === undefined) return undefined;
  return {
    reason: textAt(disabled, 'reason') ?? 'not given',
    at: textAt(disabled, 'at') ?? 'not given',
  };
}
