import type { Client } from '../../lambdas/core/client.ts';
import { commandActions } from '../../lambdas/core/command.ts';

/**
 * A client with a definition. Some of the requests that it makes at random are not allowed: those
 * about the names of competitors, and those about the contexts of engagements.
 */
export const definedClient: Client = {
  id: 'finance',
  disabled: false,
  actions: commandActions,
  catalogs: ['AWS', 'Sandbox'],
  writable: [
    '/PartnerOpportunityIdentifier',
    '/Customer',
    '/Project',
    '/LifeCycle',
    '/OpportunityTeam',
    '/RelatedEntityIdentifiers',
    '/Status',
  ],
  never: ['/Project/OtherCompetitorNames'],
  requestsPerMinute: 600,
  approval: ['opportunity.assign'],
};
