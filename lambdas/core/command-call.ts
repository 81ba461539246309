import type { CommandAction, CommandContent } from './command.ts';
import type { CommandState } from './command-state.ts';
import { sha256 } from './digest.ts';
import type { JsonObject } from './json.ts';
import type { LineKey } from './line.ts';
import { type UpdateRequest, updateRequestOf } from './update-request.ts';

/** The operation of the Selling API that each action calls. */
export const operations = {
  'invitation.accept': 'StartEngagementByAcceptingInvitationTask',
  'invitation.reject': 'RejectEngagementInvitation',
  'opportunity.assign': 'AssignOpportunity',
  'opportunity.associate': 'AssociateOpportunity',
  'opportunity.disassociate': 'DisassociateOpportunity',
  'opportunity.update': 'UpdateOpportunity',
} as const satisfies Readonly<Record<CommandAction, string>>;

/**
 * Makes the request of a command.
 * @param payload the answer of the read on which the request is based
 */
export function requestOf(
  content: Exclude<CommandContent, { readonly action: 'invitation.accept' }>,
  { catalog: Catalog, id }: LineKey,
  payload: JsonObject,
): UpdateRequest {
  if (content.action === 'opportunity.update') return updateRequestOf({ ...payload, Catalog }, content.patch);
  const target = { Catalog, Identifier: id };
  if (content.action === 'opportunity.assign') return { body: { ...target, Assignee: content.assignee } };
  if (content.action === 'invitation.reject')
    return { body: content.reason === undefined ? target : { ...target, RejectionReason: content.reason } };
  const { type: RelatedEntityType, id: RelatedEntityIdentifier } = content.entity;
  return { body: { Catalog, OpportunityIdentifier: id, RelatedEntityType, RelatedEntityIdentifier } };
}

/** Makes the request that accepts an invitation. Each generation has a token of its own. */
export function acceptanceRequest(
  { client, key, acceptedAt }: Pick<CommandState, 'client' | 'key' | 'acceptedAt'>,
  { catalog, id }: LineKey,
  generation: number,
): JsonObject {
  const ClientToken = sha256([client, key, acceptedAt, String(generation)].join('\n'));
  return { Catalog: catalog, ClientToken, Identifier: id };
}
