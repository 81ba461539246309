import { dynamodbSolutionCache } from '../adapters/dynamodb-solution-cache.ts';
import { lambdaHandler } from '../runtime/lambda-handler.ts';
import { answerBatch, composeShared } from './compose.ts';
import { hydrateOpportunityContract as contract } from './contract.ts';
import { hydrateOpportunity } from './hydrate-opportunity.ts';
import { solutionNames } from './solution-names.ts';

export const handler = lambdaHandler(contract, (runtime) => {
  const { env } = runtime;
  const { dynamodb, hydrateDeps, batchDeps } = composeShared(runtime, {
    name: contract.name,
    purpose: 'record',
  });
  const cache = dynamodbSolutionCache(dynamodb, env.CONTROL_TABLE_NAME);
  const deps = { ...hydrateDeps, solutions: solutionNames({ ...hydrateDeps, ...runtime, cache }) };
  return answerBatch({
    ...batchDeps,
    kind: 'opportunity',
    hydrate: (events) => hydrateOpportunity(events, deps),
  });
});
