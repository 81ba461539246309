import { dynamodbRecordIndex } from '../adapters/dynamodb-record-index.ts';
import { lambdaHandler } from '../runtime/lambda-handler.ts';
import { composeHydrate } from './compose.ts';
import { hydrateInvitationContract as contract } from './contract.ts';
import { invitationWork } from './hydrate-invitation.ts';

export const handler = lambdaHandler(contract, (runtime) => {
  const { env } = runtime;
  return composeHydrate(runtime, {
    contract,
    purpose: 'invitation',
    composeWork: (hydration, dynamodb) => {
      const index = dynamodbRecordIndex(dynamodb, env.RECORDS_TABLE_NAME);
      const redactRejected = env.REJECTED_INVITATIONS === 'redact';
      return invitationWork({ ...hydration, index, redactRejected });
    },
  });
});
