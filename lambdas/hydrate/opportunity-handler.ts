import { dynamodbClient, sqsClient } from '../adapters/aws-clients.ts';
import { dynamodbLineReads } from '../adapters/dynamodb-line-reader.ts';
import { dynamodbLineSignals } from '../adapters/dynamodb-line-signals.ts';
import { dynamodbSolutionCache } from '../adapters/dynamodb-solution-cache.ts';
import { sqsLineDoorbell } from '../adapters/sqs-doorbell.ts';
import { lambdaHandler } from '../runtime/lambda-handler.ts';
import { composeHydrateOpportunity } from './compose-opportunity.ts';
import { connectHydrate } from './connect.ts';
import { hydrateOpportunityContract as contract } from './contract.ts';

export const handler = lambdaHandler(contract, (runtime) => {
  const { env } = runtime;
  const dynamodb = dynamodbClient();
  const lines = dynamodbLineReads(dynamodb, env.WEBHOOKS_TABLE_NAME ?? '');
  const doorbell = sqsLineDoorbell(sqsClient(), env.ACT_QUEUE_URL ?? '');
  const commands = { lines: dynamodbLineSignals(dynamodb, env.WEBHOOKS_TABLE_NAME ?? ''), doorbell };
  const takesCommands = env.WEBHOOKS_TABLE_NAME !== undefined;
  return composeHydrateOpportunity(runtime, {
    ...connectHydrate(env, dynamodb),
    ...(takesCommands && { commands, lines }),
    cache: dynamodbSolutionCache(dynamodb, env.CONTROL_TABLE_NAME),
  });
});
