import {
  type $Command,
  AcceptEngagementInvitationCommand,
  AssignOpportunityCommand,
  AssociateOpportunityCommand,
  CreateOpportunityCommand,
  DisassociateOpportunityCommand,
  GetSellingSystemSettingsCommand,
  ListEngagementByAcceptingInvitationTasksCommand,
  ListEngagementFromOpportunityTasksCommand,
  ListEngagementInvitationsCommand,
  ListEngagementMembersCommand,
  ListEngagementsCommand,
  ListOpportunitiesCommand,
  ListOpportunityFromEngagementTasksCommand,
  ListSolutionsCommand,
  type PartnerCentralSellingClient,
  type PartnerCentralSellingClientResolvedConfig,
  RejectEngagementInvitationCommand,
  type ServiceInputTypes,
  type ServiceOutputTypes,
  StartEngagementByAcceptingInvitationTaskCommand,
  StartEngagementFromOpportunityTaskCommand,
  StartOpportunityFromEngagementTaskCommand,
  SubmitOpportunityCommand,
  UpdateEngagementContextCommand,
  UpdateOpportunityCommand,
} from '@aws-sdk/client-partnercentral-selling';
import { textAt } from '../../../lambdas/core/json.ts';
import type { SimulatedPartner } from '../../../local/partner-central/model/simulated-partner.ts';
import type { Fault, Simulator } from '../../../local/partner-central/simulator-server.ts';
import { throttleForms } from '../../../local/partner-central/wire/wire-error.ts';
import {
  bodyOf,
  engagement,
  engagementIdOf,
  invitation,
  opportunity,
  summary,
} from './simulator-under-test.ts';

/** Sends one command. @returns its operation and input, and the answer or the error */
type Step = (client: PartnerCentralSellingClient) => Promise<SentCommand>;

export interface SentCommand {
  readonly operation: string;
  readonly input: unknown;
  readonly answer?: object;
  readonly error?: unknown;
}

function step<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
  command: $Command<
    Input,
    Output,
    PartnerCentralSellingClientResolvedConfig,
    ServiceInputTypes,
    ServiceOutputTypes
  >,
): Step {
  const about = { operation: command.constructor.name.replace(/Command$/, ''), input: command.input };
  return async (client) => {
    try {
      return { ...about, answer: await client.send(command) };
    } catch (error) {
      return { ...about, error };
    }
  };
}

const Catalog = 'AWS';
const withSolution = { RelatedEntityIdentifiers: { Solutions: ['S-91234567'] } };

/** Reads with these ids fail by these faults, one for each form of throttling. */
const faults: ReadonlyMap<string, Fault> = new Map([
  ...throttleForms.map((_, index) => [`O1${index}`, 'throttle'] as const),
  ['O2', 'internal'],
  ['O3', 'access-denied'],
  ['O4', 'validation'],
]);

/**
 * Prepares records and faults, and returns steps that call each operation of the simulator and
 * meet each of its errors. Equal partners at equal times give equal records and steps.
 */
export function everyCall(partner: SimulatedPartner, simulator: Simulator): readonly Step[] {
  simulator.injectFaults((_operation, id) => faults.get(id));
  simulator.throttleAs(throttleForms);
  const records = createRecords(partner);
  return [
    ...reads(partner, records),
    ...failures(records),
    ...opportunityWrites(partner, records),
    ...invitationWrites(partner, records),
    ...lists(records),
  ];
}

type Records = ReturnType<typeof createRecords>;

function createRecords(partner: SimulatedPartner) {
  const open = partner.createOpportunity(Catalog, { patch: withSolution });
  const approved = partner.createOpportunity(Catalog, {
    patch: { LifeCycle: { ReviewStatus: 'Approved' }, RelatedEntityIdentifiers: { Solutions: [] } },
  });
  const cosell = partner.createOpportunity(Catalog, { patch: withSolution });
  const submitted = partner.createOpportunity(Catalog);
  partner.submitOpportunity(submitted);
  const [invited, unwanted, expired] = ['a', 'b', 'c'].map(() =>
    partner.createInvitation(Catalog, 'OpportunityInvitation'),
  );
  const lead = partner.createInvitation(Catalog, 'LeadInvitation');
  const account = partner.createInvitation(Catalog, 'AccountPlanningInvitation');
  if (!invited || !unwanted || !expired) throw new Error('an invitation is missing');
  partner.expireInvitation(expired);
  return { open, approved, cosell, submitted, invited, unwanted, expired, lead, account };
}

function reads(
  partner: SimulatedPartner,
  { approved, submitted, invited, lead, account }: Records,
): readonly Step[] {
  const own = partner.createEngagement(Catalog);
  return [
    step(opportunity(approved)),
    step(summary(submitted)),
    step(invitation(invited)),
    step(invitation(lead)),
    step(invitation(account)),
    step(engagement(own)),
    step(new ListEngagementMembersCommand({ Catalog, Identifier: own })),
  ];
}

function failures({ expired }: Records): readonly Step[] {
  return [
    ...[...faults.keys()].map((id) => step(opportunity(id))),
    step(opportunity('O5')),
    step(opportunity('17')),
    step(new RejectEngagementInvitationCommand({ Catalog, Identifier: expired })),
    step(new GetSellingSystemSettingsCommand({ Catalog })),
  ];
}

function opportunityWrites(
  partner: SimulatedPartner,
  { open, approved, cosell, submitted }: Records,
): readonly Step[] {
  const LastModifiedDate = new Date(
    textAt(bodyOf(partner, `AWS/opportunity/${open}`), 'LastModifiedDate') ?? '',
  );
  const Customer = { Account: { CompanyName: 'Example Corp' } };
  const update = (Identifier: string, at: Date) =>
    step(new UpdateOpportunityCommand({ Catalog, Identifier, LastModifiedDate: at, Customer }));
  const solution = {
    Catalog,
    OpportunityIdentifier: approved,
    RelatedEntityType: 'Solutions',
    RelatedEntityIdentifier: 'S-91234567',
  } as const;
  const [Email, FirstName, LastName, BusinessTitle] = [
    'new@partner.example.com',
    'Ana',
    'Example',
    'Manager',
  ];
  const Assignee = { Email, FirstName, LastName, BusinessTitle };
  const AwsSubmission = { InvolvementType: 'Co-Sell', Visibility: 'Full' } as const;
  const start = (Identifier: string, ClientToken: string) =>
    step(new StartEngagementFromOpportunityTaskCommand({ Catalog, ClientToken, Identifier, AwsSubmission }));
  return [
    step(
      new CreateOpportunityCommand({
        Catalog,
        ClientToken: 'create-1',
        PartnerOpportunityIdentifier: 'deal-1',
        Customer,
        LifeCycle: { TargetCloseDate: '2026-09-01' },
      }),
    ),
    update(open, LastModifiedDate),
    update(open, new Date('2026-01-01T00:00:00Z')),
    step(new AssociateOpportunityCommand(solution)),
    step(new AssociateOpportunityCommand(solution)),
    step(new DisassociateOpportunityCommand(solution)),
    step(new AssignOpportunityCommand({ Catalog, Identifier: approved, Assignee })),
    step(opportunity(approved)),
    step(new SubmitOpportunityCommand({ Catalog, Identifier: open, InvolvementType: 'Co-Sell' })),
    start(cosell, 'submit-1'),
    start(submitted, 'submit-2'),
  ];
}

function invitationWrites(
  partner: SimulatedPartner,
  { invited, unwanted, lead, account }: Records,
): readonly Step[] {
  const at = '2026-03-01T10:00:00.250Z';
  const changed = partner.createEngagement(Catalog, { patch: { CreatedAt: at } });
  const leadEngagement = engagementIdOf(partner, lead);
  return [
    step(
      new StartEngagementByAcceptingInvitationTaskCommand({ Catalog, ClientToken: 'a', Identifier: invited }),
    ),
    step(
      new RejectEngagementInvitationCommand({
        Catalog,
        Identifier: unwanted,
        RejectionReason: 'Next steps unclear',
      }),
    ),
    step(invitation(unwanted)),
    step(new AcceptEngagementInvitationCommand({ Catalog, Identifier: lead })),
    step(engagement(leadEngagement)),
    step(new AcceptEngagementInvitationCommand({ Catalog, Identifier: account })),
    step(engagement(engagementIdOf(partner, account))),
    step(
      new StartOpportunityFromEngagementTaskCommand({
        Catalog,
        ClientToken: 'lead-1',
        Identifier: leadEngagement,
        ContextIdentifier: '1',
      }),
    ),
    step(
      new UpdateEngagementContextCommand({
        Catalog,
        EngagementIdentifier: changed,
        ContextIdentifier: '1',
        EngagementLastModifiedAt: new Date(at),
        Type: 'CustomerProject',
        Payload: {
          CustomerProject: {
            Project: {
              Title: 'Data platform',
              BusinessProblem: 'Reports take a day to make.',
              TargetCompletionDate: '2026-09-30',
            },
          },
        },
      }),
    ),
    step(engagement(changed)),
  ];
}

function lists({ open }: Records): readonly Step[] {
  return [
    step(new ListOpportunitiesCommand({ Catalog })),
    step(
      new ListOpportunitiesCommand({
        Catalog,
        Identifier: [open],
        LastModifiedDate: { AfterLastModifiedDate: new Date('2026-02-01T00:00:00Z') },
      }),
    ),
    step(new ListEngagementInvitationsCommand({ Catalog, ParticipantType: 'RECEIVER' })),
    step(new ListEngagementInvitationsCommand({ Catalog, ParticipantType: 'SENDER' })),
    step(new ListEngagementsCommand({ Catalog })),
    step(new ListSolutionsCommand({ Catalog })),
    step(new ListEngagementByAcceptingInvitationTasksCommand({ Catalog })),
    step(new ListEngagementFromOpportunityTasksCommand({ Catalog })),
    step(new ListOpportunityFromEngagementTasksCommand({ Catalog })),
  ];
}
