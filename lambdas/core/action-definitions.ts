import type { ActionDefinition } from './action-definition.ts';
import { associateOpportunity, disassociateOpportunity } from './association-actions.ts';
import type { CommandAction } from './command.ts';
import { createOpportunity, submitOpportunity } from './creation-actions.ts';
import { updateEngagementContext } from './engagement-actions.ts';
import { acceptInvitation, rejectInvitation } from './invitation-actions.ts';
import { acceptLead, convertLead } from './lead-actions.ts';
import { assignOpportunity, updateOpportunity } from './opportunity-actions.ts';

const definitions: { readonly [A in CommandAction]: ActionDefinition<A> } = {
  'engagement.update_context': updateEngagementContext,
  'invitation.accept': acceptInvitation,
  'invitation.reject': rejectInvitation,
  'lead.accept': acceptLead,
  'lead.to_opportunity': convertLead,
  'opportunity.assign': assignOpportunity,
  'opportunity.associate': associateOpportunity,
  'opportunity.create': createOpportunity,
  'opportunity.disassociate': disassociateOpportunity,
  'opportunity.submit': submitOpportunity,
  'opportunity.update': updateOpportunity,
};

/** What is special about an action. */
export function definitionOf<A extends CommandAction>(action: A): ActionDefinition<A> {
  return definitions[action];
}
