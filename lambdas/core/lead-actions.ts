import type { ActionDefinition } from './action-definition.ts';
import { ofInvitation } from './invitation-actions.ts';

/**
 * Accepts an invitation to a lead. AWS gives access to its engagement, and creates no opportunity.
 */
export const acceptLead: ActionDefinition<'lead.accept'> = {
  ...ofInvitation,
  operation: 'AcceptEngagementInvitation',
  wanted: () => [{ path: '/Status', value: 'ACCEPTED' }],
  isIrreversible: () => false,
  request: (_content, { catalog, id }) => ({ body: { Catalog: catalog, Identifier: id } }),
  hasToken: false,
};

/**
 * Makes an opportunity of a lead. No member of the engagement shows whether that was done before,
 * so what it wants is at a path that the engagement never has.
 */
export const convertLead: ActionDefinition<'lead.to_opportunity'> = {
  targetKind: 'engagement',
  operation: 'StartOpportunityFromEngagementTask',
  paths: () => ['/Contexts'],
  sendsOthers: false,
  wanted: ({ context }) => [{ path: `/OpportunityOf/${context.id}`, value: true }],
  view: () => ({}),
  timestamp: () => undefined,
  isIrreversible: () => false,
  isLockedByReview: false,
  overwrites: false,
  hasToken: true,
  creates: false,
  request: ({ context }, { catalog, id }) => ({
    body: { Catalog: catalog, Identifier: id, ContextIdentifier: context.id },
  }),
  task: {
    list: 'conversions',
    isDone: () => false,
    leaves: ['OpportunityId'],
    endIfDone: 'succeeded',
    // A second start would make a second opportunity, if the first one came that far.
    isStartedOnce: true,
    linkedVia: 'lead-task',
  },
};
