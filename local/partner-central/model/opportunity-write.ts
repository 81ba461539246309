import { at, isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../lambdas/core/json.ts';
import { nextStepsHistory } from './opportunity-changes.ts';

/** Members of GetOpportunity that no request sets. */
export const readOnlyMembers = [
  'Arn',
  'CreatedDate',
  'Id',
  'OpportunityTeam',
  'RelatedEntityIdentifiers',
] as const;
/** Members that only a creation may set. */
export const creationMembers = ['ClientToken', 'OpportunityTeam', 'Origin', 'Tags'] as const;

/** Members of a request that say what is written, not how. */
const kept = new Set<string>([
  ...readOnlyMembers,
  ...creationMembers,
  'Catalog',
  'Identifier',
  'LastModifiedDate',
]);

/**
 * Returns the patch that makes an opportunity what a request says. What the request leaves out
 * becomes null, also members that are newer than this simulator. The one documented exception is
 * ExpectedContractDuration. The history of next steps is written by the service.
 */
export function replacementPatch(stored: JsonObject, request: JsonObject, nowMs: number): JsonObject {
  // What the service writes itself must not keep the rest of an object that is left out.
  const given: JsonObject = {
    ...withContractDuration(request, stored),
    LifeCycle: objectAt(request, 'LifeCycle'),
  };
  const patch = Object.fromEntries(
    [...new Set([...Object.keys(stored), ...Object.keys(given)])]
      .filter((name) => !kept.has(name))
      .map((name) => [name, replaced(stored[name], given[name])]),
  );
  return {
    ...patch,
    LifeCycle: {
      ...objectAt(patch, 'LifeCycle'),
      NextStepsHistory: nextStepsHistory(stored, at(given, 'LifeCycle', 'NextSteps') ?? null, nowMs),
    },
  };
}

/** The request with the stored duration if it has none itself. */
function withContractDuration(request: JsonObject, stored: JsonObject): JsonObject {
  const name = 'ExpectedContractDuration';
  const duration = at(stored, 'Project', name) ?? null;
  if (duration === null || (at(request, 'Project', name) ?? null) !== null) return request;
  return { ...request, Project: { ...objectAt(request, 'Project'), [name]: duration } };
}

/** The object that a member holds; otherwise an empty one. */
export function objectAt(value: JsonObject, name: string): JsonObject {
  const member = value[name];
  return isJsonObject(member) ? member : {};
}

function replaced(stored: Json | undefined, given: Json | undefined): Json {
  if (given === undefined || given === null) return null;
  if (!isJsonObject(given) || !isJsonObject(stored)) return given;
  const names = new Set([...Object.keys(stored), ...Object.keys(given)]);
  return Object.fromEntries([...names].map((name) => [name, replaced(stored[name], given[name])]));
}

/** Returns the values as a service prints them that trims texts and knows amounts as decimals. */
export function normalized(value: Json, name = ''): Json {
  if (isJsonArray(value)) return value.map((element) => normalized(element, name));
  if (isJsonObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([member, inner]) => [member, normalized(inner, member)]),
    );
  if (typeof value !== 'string') return value;
  return name === 'Amount' && /^\d+$/.test(value) ? `${value}.0` : value.trim();
}
