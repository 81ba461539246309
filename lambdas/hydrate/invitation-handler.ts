import { dynamodbRecordIndex } from '../adapters/dynamodb-record-index.ts';
import { readEnv } from '../runtime/env.ts';
import { hydratingHandler } from './compose.ts';
import { hydrateInvitationContract as contract } from './contract.ts';
import { invitationWork } from './hydrate-invitation.ts';

const env = readEnv(contract.environment, process.env);
const redactRejected = env.REJECTED_INVITATIONS === 'redact';

export const handler = hydratingHandler({
  contract,
  env,
  purpose: 'invitation',
  workOn: (hydration, dynamodb) => {
    const index = dynamodbRecordIndex(dynamodb, env.RECORDS_TABLE_NAME);
    return invitationWork({ ...hydration, index, redactRejected });
  },
});
