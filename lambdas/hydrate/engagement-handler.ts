import { dynamodbRecordIndex } from '../adapters/dynamodb-record-index.ts';
import { lambdaHandler } from '../runtime/lambda-handler.ts';
import { composeHydrate } from './compose.ts';
import { hydrateEngagementContract as contract } from './contract.ts';
import { engagementWork } from './hydrate-engagement.ts';

export const handler = lambdaHandler(contract, (runtime) => {
  const { env } = runtime;
  return composeHydrate(runtime, {
    contract,
    purpose: 'record',
    composeWork: (hydration, dynamodb) => {
      const index = dynamodbRecordIndex(dynamodb, env.RECORDS_TABLE_NAME);
      return engagementWork({ ...hydration, index });
    },
  });
});
