import * as v from 'valibot';
import { type Catalog, knownCatalogs } from './catalogs.ts';
import type { Approval, Client } from './client.ts';
import { type CommandAction, commandActions } from './command.ts';
import { describeValue } from './describe-value.ts';
import { catalogField, descriptionField, onlyField, redactLimits } from './endpoint-fields.ts';
import { fieldProblems } from './field-problems.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from './json.ts';
import { ifMissing, listOf, oneOf, parseValue, textMatching, wholeNumber } from './value-schema.ts';

export type ParsedClient = { readonly client: Client } | { readonly problems: readonly string[] };

/** The members of a client: in the table, in YAML, on the command line and as printed. */
export const clientFields = [
  'id',
  'description',
  'actions',
  'catalogs',
  'writable',
  'never',
  'requestsPerMinute',
  'approval',
] as const;

export const clientIdField = textMatching('1 to 40 of a-z, 0-9 and -, beginning with a letter', isClientId);

export function isClientId(text: string): boolean {
  return /^[a-z][a-z0-9-]{0,39}$/.test(text);
}

const actionField = oneOf(...commandActions);
const neverField = onlyField;
const writableField = textMatching(
  `${neverField.allowed}, or "" for the whole record`,
  (text) => text === '' || 'value' in parseValue(neverField, text),
);
const approvalAllowed = `one of never, always, alone; or a list of at least one action, each ${actionField.allowed}`;
const approvalActions = v.pipe(
  v.array(v.picklist(commandActions, approvalAllowed)),
  v.minLength(1, approvalAllowed),
  v.readonly(),
);
/** The door answers ten requests a second at most, of all clients together. */
const rateField = wholeNumber(1, 600);

const approvalSchema: v.GenericSchema<unknown, Approval> = v.lazy((given) =>
  isJsonArray(given) ? approvalActions : v.picklist(['never', 'always'], approvalAllowed),
);

/**
 * An operator has to name an action and a catalog. A stored client may have none left, if it names
 * only those of another release.
 */
const declaredSchema = schemaOf(1);
const storedSchema = schemaOf(0);

/** @param least the fewest actions and catalogs */
function schemaOf(least: number) {
  const [actions, catalogs] = [listOf(actionField, least), listOf(catalogField, least)];
  return v.object(
    {
      id: clientIdField.schema,
      description: v.exactOptional(descriptionField.schema),
      actions: actions.schema,
      catalogs: catalogs.schema,
      writable: v.optional(listOf(writableField, 0, redactLimits.members).schema, ['']),
      never: v.optional(listOf(neverField, 0, redactLimits.members).schema, []),
      requestsPerMinute: v.optional(rateField.schema, 60),
      approval: v.optional(approvalSchema, 'never'),
    },
    ifMissing({ id: clientIdField, actions, catalogs }),
  );
}

/**
 * Parses a client as an operator defines it. Every problem names the field, its value and what is
 * allowed.
 */
export function parseClient(given: Json): ParsedClient {
  if (!isJsonObject(given)) return { problems: [`a client: ${describeValue(given)}; allowed: an object`] };
  const unknown = Object.keys(given)
    .filter((name) => !clientFields.some((field) => field === name))
    .map((name) => `${name}: not a field of a client; allowed: ${clientFields.join(', ')}`);
  const { issues, output } = v.safeParse(declaredSchema, given);
  const problems = [...unknown, ...fieldProblems(issues, given)];
  return issues || problems.length > 0 ? { problems } : { client: { ...output, disabled: false } };
}

/**
 * Parses a client as it is stored. Unknown members are ignored, and so are actions and catalogs of
 * another release: the client may do less. Any value of `disabled` but false disables it.
 */
export function parseStoredClient(item: Json): ParsedClient {
  if (!isJsonObject(item)) return { problems: ['not an object'] };
  const { actions, catalogs, approval, disabled = false } = item;
  const known = {
    ...item,
    ...(isJsonArray(actions) && { actions: actions.filter(isAction) }),
    ...(isJsonArray(catalogs) && { catalogs: catalogs.filter(isCatalog) }),
    ...(isJsonArray(approval) && { approval: knownApproval(approval) }),
  };
  const { issues, output } = v.safeParse(storedSchema, known);
  if (issues) return { problems: fieldProblems(issues, known) };
  return { client: { ...output, disabled: disabled !== false } };
}

/** Leaves out actions of another release. A list of nothing else is `never`. */
function knownApproval(listed: readonly Json[]): Approval {
  const known = listed.filter(isAction);
  return known.length === 0 ? 'never' : known;
}

function isAction(value: unknown): value is CommandAction {
  return commandActions.some((action) => action === value);
}

function isCatalog(value: unknown): value is Catalog {
  return knownCatalogs.some((catalog) => catalog === value);
}

/** Returns the members of a client with defaults, which `parseClient` reads as the same client. */
export function clientDefinition({ disabled: _disabled, description, ...rest }: Client): JsonObject {
  return { ...rest, ...(description !== undefined && { description }) };
}
