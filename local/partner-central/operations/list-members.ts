/** The member of the response that holds the items, by list operation. */
export const listMembers: ReadonlyMap<string, string> = new Map([
  ['ListOpportunities', 'OpportunitySummaries'],
  ['ListEngagementInvitations', 'EngagementInvitationSummaries'],
  ['ListEngagements', 'EngagementSummaryList'],
  ['ListEngagementMembers', 'EngagementMemberList'],
  ['ListEngagementByAcceptingInvitationTasks', 'TaskSummaries'],
  ['ListEngagementFromOpportunityTasks', 'TaskSummaries'],
  ['ListOpportunityFromEngagementTasks', 'TaskSummaries'],
  ['ListSolutions', 'SolutionSummaries'],
]);
