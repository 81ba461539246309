import {
  GetAwsOpportunitySummaryResponse$,
  GetEngagementInvitationResponse$,
  GetEngagementResponse$,
  GetOpportunityResponse$,
} from '@aws-sdk/client-partnercentral-selling';
import type { PartnerRecordKind } from '../../../lambdas/core/record.ts';

/** Members that a record of a kind can have, as the SDK of this release knows them. */
export type Members = ReadonlyMap<string, MemberShape>;

/** `any`: whatever is inside is not known. */
export type MemberShape = Members | 'value' | 'any';

const responses: Readonly<Record<PartnerRecordKind, unknown>> = {
  opportunity: GetOpportunityResponse$,
  'aws-opportunity-summary': GetAwsOpportunitySummaryResponse$,
  'engagement-invitation': GetEngagementInvitationResponse$,
  engagement: GetEngagementResponse$,
};

/** The numbers of the SDK for its kinds of schemas. */
const [listSchema, mapSchema, structureSchema, unionSchema] = [1, 2, 3, 4];

/** Lists are left out, as in event patterns. */
export function recordMembers(kind: PartnerRecordKind): Members {
  return membersOf(kind, (element) => element);
}

/** The elements of a list are its member `*`, as in JSON Pointers. */
export function recordMembersWithLists(kind: PartnerRecordKind): Members {
  return membersOf(kind, (element) => new Map([['*', element]]));
}

function membersOf(kind: PartnerRecordKind, listOf: (element: MemberShape) => MemberShape): Members {
  const shape = shapeOf(responses[kind], listOf);
  const members = new Map(typeof shape === 'string' ? [] : shape);
  // `hydrate` adds the members of an engagement, which another operation returns.
  if (kind === 'engagement') members.set('EngagementMemberList', 'any');
  return members;
}

function shapeOf(schema: unknown, listOf: (element: MemberShape) => MemberShape): MemberShape {
  const [given]: unknown[] = Array.isArray(schema) && typeof schema[0] !== 'number' ? schema : [schema];
  const resolved: unknown = typeof given === 'function' ? given() : given;
  if (!Array.isArray(resolved)) return 'value';
  const [type, , , , names, members]: unknown[] = resolved;
  if (type === listSchema) return listOf(shapeOf(names, listOf));
  if (type === mapSchema) return 'any';
  if ((type !== structureSchema && type !== unionSchema) || !Array.isArray(names) || !Array.isArray(members))
    return 'value';
  return new Map(names.map((name, index) => [String(name), shapeOf(members[index], listOf)]));
}
