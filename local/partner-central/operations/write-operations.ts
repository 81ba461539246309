import type { Operation } from './operation.ts';
import {
  acceptEngagementInvitation,
  rejectEngagementInvitation,
  startEngagementByAcceptingInvitation,
  startEngagementFromOpportunity,
  startOpportunityFromEngagement,
  submitOpportunity,
  updateEngagementContext,
} from './write-engagement.ts';
import {
  assignOpportunity,
  associateOpportunity,
  createOpportunity,
  disassociateOpportunity,
  updateOpportunity,
} from './write-opportunity.ts';

/** Writes that share the quota of one a second and 10,000 in 24 hours. */
const limited: ReadonlyMap<string, Operation> = new Map([
  ['CreateOpportunity', createOpportunity],
  ['UpdateOpportunity', updateOpportunity],
  ['AssociateOpportunity', associateOpportunity],
  ['DisassociateOpportunity', disassociateOpportunity],
  ['AssignOpportunity', assignOpportunity],
  ['RejectEngagementInvitation', rejectEngagementInvitation],
  ['StartEngagementFromOpportunityTask', startEngagementFromOpportunity],
  ['StartEngagementByAcceptingInvitationTask', startEngagementByAcceptingInvitation],
]);

/** Writes for which no quota is documented. */
const unlimited: ReadonlyMap<string, Operation> = new Map([
  ['AcceptEngagementInvitation', acceptEngagementInvitation],
  ['StartOpportunityFromEngagementTask', startOpportunityFromEngagement],
  ['SubmitOpportunity', submitOpportunity],
  ['UpdateEngagementContext', updateEngagementContext],
]);

export const writeOperations: ReadonlyMap<string, Operation> = new Map([...limited, ...unlimited]);

export function isWrite(operation: string): boolean {
  return writeOperations.has(operation);
}

/** Which quota a call counts against. */
export function quotaOf(operation: string): 'read' | 'write' | 'unlimited' {
  if (limited.has(operation)) return 'write';
  return unlimited.has(operation) ? 'unlimited' : 'read';
}
