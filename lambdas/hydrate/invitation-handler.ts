import { type InvitationEvent, unhandled } from '../core/partner-event.ts';
import { hydratingHandler } from './composition.ts';
import { hydrateInvitation as contract } from './contract.ts';
import { hydrateInvitation } from './invitation.ts';

export const handler = hydratingHandler<InvitationEvent>(contract, (hydration) => ({
  expect: (event) => {
    if (event.kind !== 'engagement-invitation') throw unhandled(event);
    return event;
  },
  keyOf: ({ catalog, invitationId }) => ({ catalog, kind: 'engagement-invitation', id: invitationId }),
  hydrate: (events) => hydrateInvitation(events, hydration),
}));
