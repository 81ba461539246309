import type { RuntimeWith } from '../runtime/runtime.ts';
import {
  type AnswerBatch,
  answerBatch,
  composeShared,
  type HydratePorts,
  type SharedName,
} from './compose.ts';
import { hydrateInvitationContract } from './contract.ts';
import { readInvitationEarly } from './early-invitation.ts';
import { hydrateInvitation } from './hydrate-invitation.ts';
import type { LinkDeps } from './link-engagement.ts';

export function composeHydrateInvitation(
  runtime: RuntimeWith<typeof hydrateInvitationContract, SharedName | 'REJECTED_INVITATIONS'>,
  ports: HydratePorts & Pick<LinkDeps, 'index'>,
): AnswerBatch {
  const { name } = hydrateInvitationContract;
  const { hydrateDeps, batchDeps, chooseRipening } = composeShared(runtime, ports, {
    name,
    purpose: 'invitation',
  });
  const redactRejected = runtime.env.REJECTED_INVITATIONS === 'redact';
  const deps = { ...hydrateDeps, index: ports.index, redactRejected };
  return answerBatch<'engagement-invitation'>({
    ...batchDeps,
    kind: 'engagement-invitation',
    hydrate: (events) => hydrateInvitation(events, deps),
    ripening: chooseRipening((events, early) => readInvitationEarly(events, { ...early, redactRejected })),
  });
}
