import type { ActionDefinition } from './action-definition.ts';
import { textAt } from './json.ts';

/** What all answers to an invitation share: its status changes once, from PENDING. */
export const ofInvitation = {
  targetKind: 'engagement-invitation',
  paths: () => ['/Status'],
  sendsOthers: false,
  view: (payload) => payload,
  baseOf: () => 'PENDING',
  timestamp: (payload) => textAt(payload, 'Status'),
  isLockedByReview: false,
  overwrites: false,
  creates: false,
} as const satisfies Partial<ActionDefinition<'invitation.accept' | 'lead.accept'>>;

export const acceptInvitation: ActionDefinition<'invitation.accept'> = {
  ...ofInvitation,
  operation: 'StartEngagementByAcceptingInvitationTask',
  wanted: () => [{ path: '/Status', value: 'ACCEPTED' }],
  isIrreversible: () => false,
  request: (_content, { catalog, id }) => ({ body: { Catalog: catalog, Identifier: id } }),
  hasToken: true,
  task: {
    list: 'acceptances',
    leaves: [],
    endIfDone: 'succeeded',
    isDone: (payload) => textAt(payload, 'Status') === 'ACCEPTED',
  },
};

export const rejectInvitation: ActionDefinition<'invitation.reject'> = {
  ...ofInvitation,
  operation: 'RejectEngagementInvitation',
  wanted: () => [{ path: '/Status', value: 'REJECTED' }],
  isIrreversible: () => true,
  hasToken: false,
  request: ({ reason }, { catalog, id }) => {
    const target = { Catalog: catalog, Identifier: id };
    return { body: reason === undefined ? target : { ...target, RejectionReason: reason } };
  },
};
