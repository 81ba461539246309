import { dynamodbClient } from '../adapters/aws-clients.ts';
import { dynamodbLineSignals } from '../adapters/dynamodb-line-signals.ts';
import { dynamodbSolutionCache } from '../adapters/dynamodb-solution-cache.ts';
import { lambdaHandler } from '../runtime/lambda-handler.ts';
import { composeHydrateOpportunity } from './compose-opportunity.ts';
import { connectHydrate } from './connect.ts';
import { hydrateOpportunityContract as contract } from './contract.ts';

export const handler = lambdaHandler(contract, (runtime) => {
  const { env } = runtime;
  const dynamodb = dynamodbClient();
  const lines = dynamodbLineSignals(dynamodb, env.WEBHOOKS_TABLE_NAME ?? '');
  return composeHydrateOpportunity(runtime, {
    ...connectHydrate(env, dynamodb),
    lines: env.WEBHOOKS_TABLE_NAME === undefined ? undefined : lines,
    cache: dynamodbSolutionCache(dynamodb, env.CONTROL_TABLE_NAME),
  });
});
