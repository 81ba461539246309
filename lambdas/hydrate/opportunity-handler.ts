import { dynamodbSolutionCache } from '../adapters/dynamodb-solution-cache.ts';
import { readEnv } from '../runtime/env.ts';
import { hydratingHandler } from './compose.ts';
import { hydrateOpportunityContract as contract } from './contract.ts';
import { opportunityWork } from './hydrate-opportunity.ts';
import { solutionNames } from './solution-names.ts';

const env = readEnv(contract.environment, process.env);

export const handler = hydratingHandler({
  contract,
  env,
  purpose: 'record',
  workOn: (hydration, dynamodb) => {
    const cache = dynamodbSolutionCache(dynamodb, env.CONTROL_TABLE_NAME);
    return opportunityWork({ ...hydration, solutions: solutionNames({ ...hydration, cache }) });
  },
});
