import { dynamodbClient } from '../adapters/aws-clients.ts';
import { dynamodbSolutionCache } from '../adapters/dynamodb-solution-cache.ts';
import { readEnv } from '../runtime/env.ts';
import { hydratingHandler } from './composition.ts';
import { hydrateOpportunityContract as contract } from './contract.ts';
import { opportunityWork } from './opportunity.ts';
import { solutionNames } from './solution-names.ts';

const env = readEnv(contract.environment, process.env);
const cache = dynamodbSolutionCache(dynamodbClient(), env.CONTROL_TABLE_NAME);

export const handler = hydratingHandler({
  contract,
  env,
  purpose: 'record',
  workOn: (hydration) => {
    const { partnerCentral, clock } = hydration;
    return opportunityWork({ ...hydration, solutions: solutionNames({ cache, partnerCentral, clock }) });
  },
});
