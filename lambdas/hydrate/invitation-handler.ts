import { hydratingHandler } from './composition.ts';
import { hydrateInvitation as contract } from './contract.ts';
import { invitationWork } from './invitation.ts';

export const handler = hydratingHandler(contract, invitationWork);
