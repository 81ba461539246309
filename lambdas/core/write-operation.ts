/** Operations of the Selling API that commands call. */
export const writeOperations = [
  'AcceptEngagementInvitation',
  'AssignOpportunity',
  'AssociateOpportunity',
  'CreateOpportunity',
  'DisassociateOpportunity',
  'RejectEngagementInvitation',
  'StartEngagementByAcceptingInvitationTask',
  'StartEngagementFromOpportunityTask',
  'StartOpportunityFromEngagementTask',
  'UpdateEngagementContext',
  'UpdateOpportunity',
] as const;
export type WriteOperation = (typeof writeOperations)[number];
