import {
  AcceptEngagementInvitationCommand,
  AssignOpportunityCommand,
  AssociateOpportunityCommand,
  CreateOpportunityCommand,
  DisassociateOpportunityCommand,
  RejectEngagementInvitationCommand,
  type ServiceInputTypes,
  type ServiceOutputTypes,
  StartEngagementByAcceptingInvitationTaskCommand,
  StartEngagementFromOpportunityTaskCommand,
  StartOpportunityFromEngagementTaskCommand,
  UpdateEngagementContextCommand,
  UpdateOpportunityCommand,
} from '@aws-sdk/client-partnercentral-selling';
import type { WriteOperation } from '../core/write-operation.ts';
import type { SellingCommand } from './send-selling-command.ts';

export type SendWrite = <Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
  command: SellingCommand<Input, Output>,
) => Promise<void>;

/** Sends the command of each operation. `sellingApiWrites` replaces the body that the SDK makes. */
export const writeSenders: Readonly<Record<WriteOperation, (send: SendWrite) => Promise<void>>> = {
  AcceptEngagementInvitation: (send) =>
    send(new AcceptEngagementInvitationCommand({ Catalog: '', Identifier: '' })),
  AssignOpportunity: (send) =>
    send(new AssignOpportunityCommand({ Catalog: '', Identifier: '', Assignee: undefined })),
  AssociateOpportunity: (send) => send(new AssociateOpportunityCommand(noAssociation)),
  CreateOpportunity: (send) => send(new CreateOpportunityCommand({ Catalog: '', ClientToken: '' })),
  DisassociateOpportunity: (send) => send(new DisassociateOpportunityCommand(noAssociation)),
  RejectEngagementInvitation: (send) =>
    send(new RejectEngagementInvitationCommand({ Catalog: '', Identifier: '' })),
  StartEngagementByAcceptingInvitationTask: (send) =>
    send(
      new StartEngagementByAcceptingInvitationTaskCommand({ Catalog: '', Identifier: '', ClientToken: '' }),
    ),
  StartEngagementFromOpportunityTask: (send) =>
    send(
      new StartEngagementFromOpportunityTaskCommand({
        AwsSubmission: undefined,
        Catalog: '',
        Identifier: '',
        ClientToken: '',
      }),
    ),
  StartOpportunityFromEngagementTask: (send) =>
    send(
      new StartOpportunityFromEngagementTaskCommand({
        Catalog: '',
        ClientToken: '',
        ContextIdentifier: '',
        Identifier: '',
      }),
    ),
  UpdateEngagementContext: (send) =>
    send(
      new UpdateEngagementContextCommand({
        Catalog: '',
        ContextIdentifier: '',
        EngagementIdentifier: '',
        EngagementLastModifiedAt: undefined,
        Payload: undefined,
        Type: undefined,
      }),
    ),
  UpdateOpportunity: (send) =>
    send(new UpdateOpportunityCommand({ Catalog: '', Identifier: '', LastModifiedDate: undefined })),
};

const noAssociation = {
  Catalog: '',
  OpportunityIdentifier: '',
  RelatedEntityIdentifier: '',
  RelatedEntityType: undefined,
};
