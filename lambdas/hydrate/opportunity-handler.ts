import { hydratingHandler } from './composition.ts';
import { hydrateOpportunityContract as contract } from './contract.ts';
import { opportunityWork } from './opportunity.ts';

export const handler = hydratingHandler(contract, opportunityWork);
