import type { ActionDefinition } from './action-definition.ts';
import { at, isJsonArray, isJsonObject, type JsonObject, textAt } from './json.ts';
import { patchValues } from './merge-patch.ts';
import { updateRequestOf } from './update-request.ts';

export const updateOpportunity: ActionDefinition<'opportunity.update'> = {
  targetKind: 'opportunity',
  operation: 'UpdateOpportunity',
  paths: ({ patch }) => patchValues(patch).map(({ path }) => path),
  reportedPath: (path) => path,
  sendsOthers: true,
  wanted: ({ patch }) => patchValues(patch),
  view: (payload) => payload,
  timestamp: (payload) => textAt(payload, 'LastModifiedDate'),
  isIrreversible: ({ patch }) => textAt(patch, 'LifeCycle', 'Stage') === 'Closed Lost',
  isLockedByReview: true,
  overwrites: true,
  hasToken: false,
  creates: false,
  request: ({ patch }, { catalog }, payload) => updateRequestOf({ ...payload, Catalog: catalog }, patch),
};

/** Members of the assignee that AWS returns. It replaces the title. */
const assigneeMembers = ['Email', 'FirstName', 'LastName', 'Phone'] as const;
const ownerTitle = 'Opportunity Owner';

export const assignOpportunity: ActionDefinition<'opportunity.assign'> = {
  targetKind: 'opportunity',
  operation: 'AssignOpportunity',
  paths: () => ['/OpportunityTeam'],
  sendsOthers: false,
  wanted: ({ assignee }) =>
    assigneeMembers.flatMap((name) => {
      const value = assignee[name] ?? undefined;
      return value === undefined ? [] : { path: `/OpportunityTeam/Owner/${name}`, value };
    }),
  view: (payload) => ({ OpportunityTeam: { Owner: ownerIn(payload) } }),
  timestamp: () => undefined,
  isIrreversible: () => false,
  isLockedByReview: false,
  overwrites: true,
  hasToken: false,
  creates: false,
  request: ({ assignee }, { catalog, id }) => ({
    body: { Catalog: catalog, Identifier: id, Assignee: assignee },
  }),
};

export function ownerIn(payload: JsonObject): JsonObject {
  const team = at(payload, 'OpportunityTeam');
  const members = isJsonArray(team) ? team.filter(isJsonObject) : [];
  return members.find((member) => textAt(member, 'BusinessTitle') === ownerTitle) ?? {};
}
