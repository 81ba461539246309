import type { Destination, Endpoint } from './endpoint.ts';
import * as fields from './endpoint-fields.ts';
import { parsePattern } from './event-pattern.ts';
import { type FieldReader, fieldReader } from './field-reader.ts';
import { parseInstant } from './instant.ts';
import { isJsonObject, type Json, type JsonObject, textAt } from './json.ts';
import { shown } from './service-error.ts';

export type Parsed = { readonly endpoint: Endpoint } | { readonly problems: readonly string[] };

/** The fields of the flat form in which endpoints are stored, declared and shown. */
export const definitionFields = [
  'id',
  'description',
  'url',
  'headers',
  'timeoutSeconds',
  'secretId',
  'eventBus',
  'topics',
  'catalogs',
  'filter',
  'payload',
  'redact',
  'ordering',
  'ratePerSecond',
] as const;

/**
 * Reads an endpoint as an operator defines it: `id`, `topics`, and either `url` with `secretId`, or `eventBus`; all else has a
 * default. Every problem names the field, its value and what is allowed; the value of a header, which may be a secret, is not shown.
 */
export function parseEndpoint(given: Json): Parsed {
  if (!isJsonObject(given)) return { problems: [`an endpoint: ${shown(given)}; allowed: an object`] };
  const problems = Object.keys(given)
    .filter((name) => !definitionFields.some((field) => field === name))
    .map((name) => `${name}: no field of an endpoint; allowed: ${definitionFields.join(', ')}`);
  return parsed(given, problems, true);
}

/**
 * Reads an endpoint as it is stored: besides its definition `disabled`, and `listenerExpiresAt` of one who listens. What it does not
 * know it leaves alone, and a topic may be one that exists no more.
 */
export function parseStoredEndpoint(item: Json): Parsed {
  return isJsonObject(item) ? parsed(item, [], false) : { problems: ['no object'] };
}

/** The flat form, defaults included: what `parseEndpoint` reads as the same endpoint. Of a listener its destination is left out. */
export function endpointDefinition(endpoint: Endpoint): JsonObject {
  const { id, description, destination, topics, catalogs, filter, payload, redact, ordering, ratePerSecond } =
    endpoint;
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
  };
}

function destinationDefinition(destination: Destination): JsonObject {
  if (destination.kind === 'listener') return {};
  if (destination.kind === 'eventbridge') return { eventBus: destination.busArn };
  const { url, headers, timeoutSeconds, secretId } = destination;
  return { url, headers, timeoutSeconds, secretId };
}

function parsed(given: JsonObject, problems: string[], isStrict: boolean): Parsed {
  const read = fieldReader(given, problems);
  const topicField = isStrict ? fields.topicField : fields.storedTopicField;
  const description = read.optional('description', fields.descriptionField);
  const ratePerSecond = read.optional('ratePerSecond', fields.rateField);
  const filter = read.optional('filter', { allowed: 'an EventBridge event pattern', parse: objectOf });
  if (filter) problems.push(...parsePattern(filter).problems.map((problem) => `filter${problem}`));
  const disabled = isStrict ? undefined : disabledOf(given);
  const endpoint: Endpoint = {
    id: read.required('id', fields.idField, 'ep_'),
    ...(description !== undefined && { description }),
    destination: (isStrict ? undefined : listenerOf(given)) ?? destinationOf(given, read, problems),
    topics: read.list('topics', topicField, isStrict),
    catalogs: read.list('catalogs', isStrict ? fields.catalogField : fields.storedCatalogField),
    ...(filter && { filter }),
    payload: read.optional('payload', fields.payloadField) ?? 'full',
    redact: read.list('redact', fields.redactField),
    ordering: read.optional('ordering', fields.orderingField) ?? 'none',
    ...(ratePerSecond !== undefined && { ratePerSecond }),
    ...(disabled && { disabled }),
  };
  return problems.length > 0 ? { problems } : { endpoint };
}

function destinationOf(given: JsonObject, read: FieldReader, problems: string[]): Destination {
  const { url, eventBus } = given;
  if ((url === undefined) === (eventBus === undefined))
    problems.push(`url, eventBus: ${url === undefined ? 'neither' : 'both'} given; allowed: one of them`);
  if (url === undefined && eventBus !== undefined) {
    const ofWebhooks = ['headers', 'timeoutSeconds', 'secretId'].filter((name) => given[name] !== undefined);
    problems.push(...ofWebhooks.map((name) => `${name}: allowed beside url only, not beside eventBus`));
    return { kind: 'eventbridge', busArn: read.required('eventBus', fields.busField, '') };
  }
  const toldHeaders = fields.refusedHeaders(given['headers'] ?? {});
  const headers = read.optional('headers', fields.headersField, toldHeaders) ?? {};
  const timeoutSeconds = read.optional('timeoutSeconds', fields.timeoutField) ?? 15;
  if (url === undefined) return { kind: 'webhook', url: '', headers, timeoutSeconds, secretId: '' };
  return {
    kind: 'webhook',
    url: read.required('url', fields.urlField, ''),
    headers,
    timeoutSeconds,
    secretId: read.required('secretId', fields.secretField, ''),
  };
}

function listenerOf({ listenerExpiresAt }: JsonObject): Destination | undefined {
  const expiresAt = parseInstant(listenerExpiresAt);
  return expiresAt && { kind: 'listener', expiresAt };
}

/** Whatever stands there disables it: an edit by hand may leave out the reason, and must not enable it. */
function disabledOf(item: JsonObject): Endpoint['disabled'] {
  const { disabled } = item;
  if (disabled === undefined) return undefined;
  return {
    reason: textAt(disabled, 'reason') ?? 'not told',
    at: textAt(disabled, 'at') ?? 'not told',
  };
}

function objectOf(value: Json): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}
