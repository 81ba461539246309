import { dynamodbSolutionCache } from '../adapters/dynamodb-solution-cache.ts';
import { lambdaHandler } from '../runtime/lambda-handler.ts';
import { composeHydrate } from './compose.ts';
import { hydrateOpportunityContract as contract } from './contract.ts';
import { opportunityWork } from './hydrate-opportunity.ts';
import { solutionNames } from './solution-names.ts';

export const handler = lambdaHandler(contract, (runtime) => {
  const { env } = runtime;
  return composeHydrate(runtime, {
    contract,
    purpose: 'record',
    composeWork: (hydration, dynamodb) => {
      const cache = dynamodbSolutionCache(dynamodb, env.CONTROL_TABLE_NAME);
      return opportunityWork({ ...hydration, solutions: solutionNames({ ...hydration, cache }) });
    },
  });
});
