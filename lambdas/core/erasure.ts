import type { Change } from './change.ts';
import { isJsonContainer, isJsonObject, type Json, type JsonObject } from './json.ts';

/**
 * Members that an erased record keeps: ids, status, stage and dates, so that its history and the
 * comparison with lists still work. All others are removed, because any text may contain a name.
 */
const keptPaths = new Set([
  '/Catalog',
  '/Id',
  '/RelatedOpportunityId',
  '/EngagementId',
  '/Status',
  '/LifeCycle/Stage',
  '/LifeCycle/ReviewStatus',
  '/LifeCycle/TargetCloseDate',
  '/CreatedDate',
  '/LastModifiedDate',
  '/CreatedAt',
  '/ModifiedAt',
  '/InvitationDate',
  '/ExpirationDate',
]);

/** Returns what an erased record keeps of a payload. */
export function erasePayload(payload: JsonObject): JsonObject {
  return keptMembers(payload, '');
}

function keptMembers(object: JsonObject, path: string): JsonObject {
  return Object.fromEntries(
    Object.entries(object).flatMap(([name, value]): [string, Json][] => {
      const at = `${path}/${name}`;
      if (keptPaths.has(at)) return !isJsonContainer(value) ? [[name, value]] : [];
      if (at !== '/LifeCycle' || !isJsonObject(value)) return [];
      const members = keptMembers(value, at);
      return Object.keys(members).length > 0 ? [[name, members]] : [];
    }),
  );
}

/** Returns changes without values, except those of members that are kept. */
export function eraseChanges(changes: readonly Change[]): readonly Change[] {
  return changes.map((change) => {
    const { path, before, after } = change;
    const isKept = keptPaths.has(path) && !isJsonContainer(before) && !isJsonContainer(after);
    return isKept ? change : { path };
  });
}
