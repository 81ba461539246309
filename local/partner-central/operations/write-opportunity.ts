import * as v from 'valibot';
import {
  at,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  textAt,
} from '../../../lambdas/core/json.ts';
import { normalized, objectAt, replacementPatch } from '../model/opportunity-write.ts';
import { mergePatch, type SimulatedRecord } from '../model/simulated-records.ts';
import type { SimulatedWrites } from '../model/simulated-writes.ts';
import { solutionsOf } from '../model/solutions.ts';
import { accessDenied, conflict, notFound } from '../wire/wire-error.ts';
import { type Operation, readRecord } from './operation.ts';
import { contentProblems, invalidValue, isLocked, updateProblems } from './opportunity-rules.ts';
import { assignee, createRequest, updateRequest } from './opportunity-shape.ts';
import { catalog, opportunityId, parseRequest } from './requests.ts';
import { businessRefusal, isSameInstant, refuseBusiness, withToken } from './write-checks.ts';

/** Replaces an opportunity. What the request leaves out becomes null, also ReviewStatus. */
export const updateOpportunity: Operation = ({ writes }, input) => {
  const { Catalog, Identifier, LastModifiedDate } = parseRequest(updateRequest, input);
  const stored = readRecord(writes, Catalog, 'opportunity', Identifier);
  if (!isSameInstant(LastModifiedDate, stored.body['LastModifiedDate']))
    throw conflict('LastModifiedDate is not that of the latest version');
  if (isLocked(stored.body)) throw lockRefusal(writes);
  const patch = replacementPatch(stored.body, input, writes.nowMs());
  refuseBusiness(writes, updateProblems(stored.body, mergePatch(stored.body, patch), writes.nowMs()));
  const request = { operation: 'UpdateOpportunity', input };
  const modified = writes.changeOpportunity(request, stored, asStored(patch, writes));
  return { Id: Identifier, LastModifiedDate: modified };
};

function lockRefusal({ behavior }: SimulatedWrites): Error {
  const { lockRefusal: form } = behavior;
  if (form === 'conflict') return conflict('The opportunity is in review');
  if (form === 'access-denied') return accessDenied();
  const field = { FieldName: 'LifeCycle.ReviewStatus', Message: 'The opportunity is in review', Code: form };
  return businessRefusal({ behavior }, [field]);
}

function asStored(patch: JsonObject, { behavior }: Pick<SimulatedWrites, 'behavior'>): JsonObject {
  const stored = behavior.normalizesValues ? normalized(patch) : patch;
  return isJsonObject(stored) ? stored : patch;
}

export const createOpportunity: Operation = ({ writes }, input) => {
  const request = parseRequest(createRequest, input);
  return withToken(writes, { operation: 'CreateOpportunity', input }, () => {
    refuseBusiness(writes, contentProblems(input, writes.nowMs()));
    const write = { operation: 'CreateOpportunity', input };
    const { id, body } = writes.createOpportunity(write, request.Catalog, asStored(input, writes));
    const answer = {
      Id: id,
      LastModifiedDate: body['LastModifiedDate'] ?? null,
      PartnerOpportunityIdentifier: body['PartnerOpportunityIdentifier'] ?? null,
    };
    return () => answer;
  });
};

const assignRequest = v.strictObject({ Catalog: catalog, Identifier: opportunityId, Assignee: assignee });

/** Replaces the owner in the team of the partner. */
export const assignOpportunity: Operation = ({ writes }, input) => {
  const { Catalog, Identifier } = parseRequest(assignRequest, input);
  const stored = readRecord(writes, Catalog, 'opportunity', Identifier);
  const { Phone = null, ...person } = objectAt(input, 'Assignee');
  const team = at(stored.body, 'OpportunityTeam');
  const others = isJsonArray(team)
    ? team.filter((member) => textAt(member, 'BusinessTitle') !== ownerTitle)
    : [];
  const owner = { ...person, BusinessTitle: ownerTitle, Phone };
  writes.changeOpportunity({ operation: 'AssignOpportunity', input }, stored, {
    OpportunityTeam: [owner, ...others],
  });
  return {};
};

/** As recorded: the title of the owner is not the one in the request. */
const ownerTitle = 'Opportunity Owner';

/** How many entities of each type an opportunity can have. */
const mostEntities = {
  Solutions: 10,
  AwsProducts: 20,
  AwsMarketplaceOffers: 1,
  AwsMarketplaceOfferSets: 1,
  AwsMarketplaceSolutions: 10,
  AwsMarketplaceProducts: 10,
} as const;

const associationRequest = v.strictObject({
  Catalog: catalog,
  OpportunityIdentifier: opportunityId,
  RelatedEntityType: v.picklist([
    'Solutions',
    'AwsProducts',
    'AwsMarketplaceOffers',
    'AwsMarketplaceOfferSets',
    'AwsMarketplaceSolutions',
    'AwsMarketplaceProducts',
  ]),
  RelatedEntityIdentifier: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
});

/** Public code reports a conflict for an entity that is associated already. */
export const associateOpportunity: Operation = ({ writes }, input) => {
  const request = parseRequest(associationRequest, input);
  const { RelatedEntityType: type, RelatedEntityIdentifier: entity } = request;
  const stored = readRecord(writes, request.Catalog, 'opportunity', request.OpportunityIdentifier);
  const present = entitiesOf(stored, type);
  if (present.includes(entity)) throw conflict(`${entity} is associated already`);
  if (type === 'Solutions' && !solutionsOf(request.Catalog).some(({ Id }) => Id === entity))
    throw notFound(`There is no solution ${entity}`);
  if (present.length >= mostEntities[type])
    refuseBusiness(writes, [invalidValue('RelatedEntityIdentifier', 'exceeds the number of entities')]);
  writes.changeOpportunity({ operation: 'AssociateOpportunity', input }, stored, {
    RelatedEntityIdentifiers: { [type]: [...present, entity] },
  });
  return {};
};

export const disassociateOpportunity: Operation = ({ writes }, input) => {
  const request = parseRequest(associationRequest, input);
  const { RelatedEntityType: type, RelatedEntityIdentifier: entity } = request;
  const stored = readRecord(writes, request.Catalog, 'opportunity', request.OpportunityIdentifier);
  const present = entitiesOf(stored, type);
  if (!present.includes(entity)) throw notFound(`${entity} is not associated`);
  writes.changeOpportunity({ operation: 'DisassociateOpportunity', input }, stored, {
    RelatedEntityIdentifiers: { [type]: present.filter((each) => each !== entity) },
  });
  return {};
};

function entitiesOf({ body }: SimulatedRecord, type: string): readonly Json[] {
  const entities = at(body, 'RelatedEntityIdentifiers', type);
  return isJsonArray(entities) ? entities : [];
}
