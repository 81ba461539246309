import type { ActionDefinition } from './action-definition.ts';
import { escapePointer } from './change.ts';
import type { RelatedEntity } from './command.ts';
import { at, isJsonArray, isJsonObject, type JsonObject } from './json.ts';
import type { LineKey } from './line.ts';
import { relatedIds } from './related-ids.ts';

type Association = 'opportunity.associate' | 'opportunity.disassociate';

/**
 * What both actions share. Related entities are a set: an association is based on the absence of
 * the entity, and a removal on its presence, whatever the client saw.
 */
const ofEntity = {
  targetKind: 'opportunity',
  paths: ({ entity }) => [`/RelatedEntityIdentifiers/${entity.type}`],
  sendsOthers: false,
  view: (payload) => ({ RelatedEntityIdentifiers: entitiesIn(payload) }),
  baseOf: (wanted) => (wanted ? undefined : true),
  timestamp: () => undefined,
  isLockedByReview: false,
  overwrites: true,
  hasToken: false,
  creates: false,
  request: ({ entity }, line) => ({ body: bodyOf(entity, line) }),
} as const satisfies Partial<ActionDefinition<Association>>;

export const associateOpportunity: ActionDefinition<'opportunity.associate'> = {
  ...ofEntity,
  operation: 'AssociateOpportunity',
  wanted: ({ entity }) => [{ path: entityPath(entity), value: true }],
  isIrreversible: () => false,
};

export const disassociateOpportunity: ActionDefinition<'opportunity.disassociate'> = {
  ...ofEntity,
  operation: 'DisassociateOpportunity',
  wanted: ({ entity }) => [{ path: entityPath(entity), value: undefined }],
  isIrreversible: ({ entity }, payload) => isLastSolution(entity, payload),
};

function entityPath({ type, id }: RelatedEntity): string {
  return `/RelatedEntityIdentifiers/${type}/${escapePointer(id)}`;
}

/** The related entities as members of sets. A member that is no list of texts is left out. */
export function entitiesIn(payload: JsonObject): JsonObject {
  const related = at(payload, 'RelatedEntityIdentifiers');
  const byType = Object.entries(isJsonObject(related) ? related : {}).flatMap(([type, ids]) =>
    isJsonArray(ids) && ids.every((id) => typeof id === 'string')
      ? [[type, Object.fromEntries(relatedIds(payload, type).map((id) => [id, true]))] as const]
      : [],
  );
  return Object.fromEntries(byType);
}

function bodyOf({ type, id: entityId }: RelatedEntity, { catalog, id }: LineKey): JsonObject {
  return {
    Catalog: catalog,
    OpportunityIdentifier: id,
    RelatedEntityType: type,
    RelatedEntityIdentifier: entityId,
  };
}

function isLastSolution({ type, id }: RelatedEntity, payload: JsonObject): boolean {
  const [only, ...others] = relatedIds(payload, 'Solutions');
  return type === 'Solutions' && only === id && others.length === 0;
}
