import { dynamodbRecordIndex } from '../adapters/dynamodb-record-index.ts';
import { readEnv } from '../runtime/env.ts';
import { hydratingHandler } from './compose.ts';
import { hydrateEngagementContract as contract } from './contract.ts';
import { engagementWork } from './hydrate-engagement.ts';

const env = readEnv(contract.environment, process.env);

export const handler = hydratingHandler({
  contract,
  env,
  purpose: 'record',
  workOn: (hydration, dynamodb) => {
    const index = dynamodbRecordIndex(dynamodb, env.RECORDS_TABLE_NAME);
    return engagementWork({ ...hydration, index });
  },
});
