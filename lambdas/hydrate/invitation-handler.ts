import { hydratingHandler } from './composition.ts';
import { hydrateInvitationContract as contract } from './contract.ts';
import { invitationWork } from './invitation.ts';

export const handler = hydratingHandler(contract, invitationWork);
