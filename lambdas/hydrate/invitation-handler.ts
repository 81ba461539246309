import { dynamodbRecordIndex } from '../adapters/dynamodb-record-index.ts';
import { lambdaHandler } from '../runtime/lambda-handler.ts';
import { answerBatch, composeShared } from './compose.ts';
import { hydrateInvitationContract as contract } from './contract.ts';
import { hydrateInvitation } from './hydrate-invitation.ts';

export const handler = lambdaHandler(contract, (runtime) => {
  const { env } = runtime;
  const { dynamodb, hydrateDeps, batchDeps } = composeShared(runtime, {
    name: contract.name,
    purpose: 'invitation',
  });
  const index = dynamodbRecordIndex(dynamodb, env.RECORDS_TABLE_NAME);
  const redactRejected = env.REJECTED_INVITATIONS === 'redact';
  const deps = { ...hydrateDeps, index, redactRejected };
  return answerBatch({
    ...batchDeps,
    kind: 'engagement-invitation',
    hydrate: (events) => hydrateInvitation(events, deps),
  });
});
