import { dynamodbClient } from '../adapters/aws-clients.ts';
import { dynamodbLineReads } from '../adapters/dynamodb-line-reader.ts';
import { dynamodbRecordIndex } from '../adapters/dynamodb-record-index.ts';
import { lambdaHandler } from '../runtime/lambda-handler.ts';
import { composeHydrateEngagement } from './compose-engagement.ts';
import { connectHydrate } from './connect.ts';
import { hydrateEngagementContract as contract } from './contract.ts';

export const handler = lambdaHandler(contract, (runtime) => {
  const { env } = runtime;
  const dynamodb = dynamodbClient();
  const lines = dynamodbLineReads(dynamodb, env.WEBHOOKS_TABLE_NAME ?? '');
  return composeHydrateEngagement(runtime, {
    ...connectHydrate(env, dynamodb),
    ...(env.WEBHOOKS_TABLE_NAME !== undefined && { lines }),
    index: dynamodbRecordIndex(dynamodb, env.RECORDS_TABLE_NAME),
  });
});
