import * as v from 'valibot';
import { listEngagementInvitations, listEngagementMembers, listEngagements } from './list-engagements.ts';
import { listOpportunities, listSolutions } from './list-opportunities.ts';
import { listTasksByOperation } from './list-tasks.ts';
import { type Operation, readRecord } from './operation.ts';
import { catalog, engagementId, invitationId, opportunityId, parseRequest } from './requests.ts';
import { writeOperations } from './write-operations.ts';

const opportunityRequest = v.strictObject({ Catalog: catalog, Identifier: opportunityId });
const summaryRequest = v.strictObject({ Catalog: catalog, RelatedOpportunityIdentifier: opportunityId });
const invitationRequest = v.strictObject({ Catalog: catalog, Identifier: invitationId });
const engagementRequest = v.strictObject({ Catalog: catalog, Identifier: engagementId });

const getOpportunity: Operation = ({ view }, input) => {
  const { Catalog, Identifier } = parseRequest(opportunityRequest, input);
  return readRecord(view, Catalog, 'opportunity', Identifier).body;
};

const getAwsOpportunitySummary: Operation = ({ view }, input) => {
  const { Catalog, RelatedOpportunityIdentifier: id } = parseRequest(summaryRequest, input);
  return readRecord(view, Catalog, 'aws-opportunity-summary', id).body;
};

const getEngagementInvitation: Operation = ({ view }, input) => {
  const { Catalog, Identifier } = parseRequest(invitationRequest, input);
  return readRecord(view, Catalog, 'engagement-invitation', Identifier).body;
};

/** Omits the members, which ListEngagementMembers returns. */
const getEngagement: Operation = ({ view }, input) => {
  const { Catalog, Identifier } = parseRequest(engagementRequest, input);
  const { EngagementMemberList: _, ...body } = readRecord(view, Catalog, 'engagement', Identifier).body;
  return body;
};

/** The operations of the simulator by their name in `x-amz-target`. */
export const operations: ReadonlyMap<string, Operation> = new Map([
  ['GetOpportunity', getOpportunity],
  ['GetAwsOpportunitySummary', getAwsOpportunitySummary],
  ['GetEngagementInvitation', getEngagementInvitation],
  ['GetEngagement', getEngagement],
  ['ListOpportunities', listOpportunities],
  ['ListEngagementInvitations', listEngagementInvitations],
  ['ListEngagements', listEngagements],
  ['ListEngagementMembers', listEngagementMembers],
  ...Object.entries(listTasksByOperation),
  ['ListSolutions', listSolutions],
  ...writeOperations,
]);
