import { dynamodbClient } from '../adapters/aws-clients.ts';
import { dynamodbRecordIndex } from '../adapters/dynamodb-record-index.ts';
import { lambdaHandler } from '../runtime/lambda-handler.ts';
import { composeHydrateInvitation } from './compose-invitation.ts';
import { connectHydrate } from './connect.ts';
import { hydrateInvitationContract as contract } from './contract.ts';

export const handler = lambdaHandler(contract, (runtime) => {
  const { env } = runtime;
  const dynamodb = dynamodbClient();
  return composeHydrateInvitation(runtime, {
    ...connectHydrate(env, dynamodb),
    index: dynamodbRecordIndex(dynamodb, env.RECORDS_TABLE_NAME),
  });
});
