import { type OpportunityEvent, unhandled } from '../core/partner-event.ts';
import { hydratingHandler } from './composition.ts';
import { hydrateOpportunity as contract } from './contract.ts';
import { hydrateOpportunity } from './opportunity.ts';

export const handler = hydratingHandler<OpportunityEvent>(contract, (hydration) => ({
  expect: (event) => {
    if (event.kind !== 'opportunity') throw unhandled(event);
    return event;
  },
  keyOf: ({ catalog, opportunityId }) => ({ catalog, kind: 'opportunity', id: opportunityId }),
  hydrate: (events) => hydrateOpportunity(events, hydration),
}));
