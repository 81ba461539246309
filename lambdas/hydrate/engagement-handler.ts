import { dynamodbRecordIndex } from '../adapters/dynamodb-record-index.ts';
import { lambdaHandler } from '../runtime/lambda-handler.ts';
import { answerBatch, composeShared } from './compose.ts';
import { hydrateEngagementContract as contract } from './contract.ts';
import { hydrateEngagement } from './hydrate-engagement.ts';

export const handler = lambdaHandler(contract, (runtime) => {
  const { env } = runtime;
  const { dynamodb, hydrateDeps, batchDeps } = composeShared(runtime, {
    name: contract.name,
    purpose: 'record',
  });
  const deps = { ...hydrateDeps, index: dynamodbRecordIndex(dynamodb, env.RECORDS_TABLE_NAME) };
  return answerBatch({
    ...batchDeps,
    kind: 'engagement',
    hydrate: (events) => hydrateEngagement(events, deps),
  });
});
