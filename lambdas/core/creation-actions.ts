import type { ActionDefinition } from './action-definition.ts';
import type { Submission } from './command.ts';
import { type JsonObject, textAt } from './json.ts';
import { patchValues } from './merge-patch.ts';
import { withoutEmptyMembers } from './update-request.ts';

export const createOpportunity: ActionDefinition<'opportunity.create'> = {
  targetKind: 'opportunity',
  operation: 'CreateOpportunity',
  paths: ({ opportunity }) => patchValues(opportunity).map(({ path }) => path),
  reportedPath: (path) => `/opportunity${path}`,
  sendsOthers: false,
  wanted: ({ opportunity }) => patchValues(opportunity),
  view: (payload) => payload,
  timestamp: () => undefined,
  isIrreversible: () => false,
  isLockedByReview: false,
  overwrites: false,
  request: ({ opportunity }, { catalog }) => ({
    body: { ...withoutEmptyMembers(opportunity), Catalog: catalog },
  }),
  hasToken: true,
  creates: true,
};

const statusPath = '/LifeCycle/ReviewStatus';
const unsubmitted = 'Pending Submission';

/** The members of the request of a client, by those of the request to AWS. */
const memberOfRequest: ReadonlyMap<string, string> = new Map([
  ['/AwsSubmission/InvolvementType', '/involvementType'],
  ['/AwsSubmission/Visibility', '/visibility'],
  ['/InvolvementType', '/involvementType'],
  ['/Visibility', '/visibility'],
]);

/**
 * Submits by StartEngagementFromOpportunityTask, for both types of involvement: it has a token and
 * a list of its tasks, and calls SubmitOpportunity itself, which has neither.
 */
export const submitOpportunity: ActionDefinition<'opportunity.submit'> = {
  targetKind: 'opportunity',
  operation: 'StartEngagementFromOpportunityTask',
  paths: () => [statusPath],
  reportedPath: (path) => memberOfRequest.get(path) ?? (path === '' ? statusPath : path),
  sendsOthers: false,
  wanted: () => [{ path: statusPath, value: 'Submitted' }],
  // AWS takes a submission again if it requires an action of the partner.
  view: (payload) => ({ LifeCycle: { ReviewStatus: isSubmitted(payload) ? 'Submitted' : unsubmitted } }),
  isAsWritten: (payload) => textAt(payload, 'LifeCycle', 'ReviewStatus') === 'Submitted',
  baseOf: () => unsubmitted,
  timestamp: () => undefined,
  isIrreversible: () => false,
  isLockedByReview: false,
  overwrites: false,
  request: (content, { catalog, id }) => ({
    body: { Catalog: catalog, Identifier: id, AwsSubmission: submissionOf(content) },
  }),
  hasToken: true,
  creates: false,
  task: {
    list: 'submissions',
    isDone: isSubmitted,
    leaves: ['EngagementId', 'EngagementInvitationId'],
    endIfDone: 'conflict',
  },
};

function isSubmitted(payload: JsonObject): boolean {
  const status = textAt(payload, 'LifeCycle', 'ReviewStatus');
  return status !== undefined && status !== unsubmitted && status !== 'Action Required';
}

function submissionOf({ involvementType, visibility }: Submission): JsonObject {
  const InvolvementType = involvementType;
  return visibility === undefined ? { InvolvementType } : { InvolvementType, Visibility: visibility };
}
