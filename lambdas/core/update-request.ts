import { isJsonArray, isJsonObject, type Json, type JsonObject, textAt } from './json.ts';
import { applyMergePatch } from './merge-patch.ts';

/** Members of an opportunity that UpdateOpportunity does not take. `Id` is `Identifier` there. */
const readOnlyMembers: readonly string[] = [
  'Arn',
  'CreatedDate',
  'Id',
  'OpportunityTeam',
  'RelatedEntityIdentifiers',
];

/** Members that an update without them would set to null for ever, or that AWS requires. */
export const neededMembers = ['ReviewStatus', 'Stage'] as const;

export type UpdateRequest =
  | { readonly body: JsonObject }
  /** JSON Pointer of a member without which an update must not be sent. */
  | { readonly missing: string }
  /** JSON Pointer of what is to be changed and is gone from the record, or is of another type. */
  | { readonly gone: string };

/**
 * Makes the body of UpdateOpportunity, which replaces the opportunity: what it leaves out becomes
 * null. So it starts with the whole answer of a read, also with members that are newer than the
 * SDK, and LastModifiedDate as AWS printed it.
 * @param base the answer of GetOpportunity
 * @param alsoReadOnly names of further members that UpdateOpportunity does not take
 */
export function updateRequestOf(
  base: JsonObject,
  patch: JsonObject,
  alsoReadOnly: readonly string[] = [],
): UpdateRequest {
  const readOnly = new Set([...readOnlyMembers, ...alsoReadOnly]);
  const writable = Object.fromEntries(Object.entries(base).filter(([name]) => !readOnly.has(name)));
  const patched = withoutEmptyMembers(applyMergePatch(writable, patch));
  const lacking = neededMembers.find((name) => textAt(patched, 'LifeCycle', name) === undefined);
  if (lacking !== undefined) return { missing: `/LifeCycle/${lacking}` };
  return { body: { ...patched, Identifier: base['Id'] ?? null } };
}

/** AWS prints absent members as null, and refuses empty texts. */
export function withoutEmptyMembers(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object)
      .filter(([, value]) => value !== null && value !== '')
      .map(([name, value]) => [name, withoutEmptyInside(value)]),
  );
}

function withoutEmptyInside(value: Json): Json {
  if (isJsonArray(value)) return value.map(withoutEmptyInside);
  return isJsonObject(value) ? withoutEmptyMembers(value) : value;
}
