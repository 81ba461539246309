import { dynamodbClient } from '../adapters/aws-clients.ts';
import { dynamodbSolutionCache } from '../adapters/dynamodb-solution-cache.ts';
import { lambdaHandler } from '../runtime/lambda-handler.ts';
import { composeHydrateOpportunity } from './compose-opportunity.ts';
import { connectHydrate } from './connect.ts';
import { hydrateOpportunityContract as contract } from './contract.ts';

export const handler = lambdaHandler(contract, (runtime) => {
  const { env } = runtime;
  const dynamodb = dynamodbClient();
  return composeHydrateOpportunity(runtime, {
    ...connectHydrate(env, dynamodb),
    cache: dynamodbSolutionCache(dynamodb, env.CONTROL_TABLE_NAME),
  });
});
