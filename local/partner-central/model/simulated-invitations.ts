import type { Json, JsonObject } from '../../../lambdas/core/json.ts';
import {
  aws,
  type InvitationPayloadType,
  invitationForms,
  newInvitation,
  type Party,
} from './invitation-body.ts';
import { type Deal, dealOf } from './opportunity-body.ts';
import {
  type EventContent,
  invitationEvent,
  memberAddedEvent,
  opportunityEvent,
  snapshotCreatedEvent,
} from './partner-events.ts';
import { partnerParty, type SimulatedAccount } from './simulated-account.ts';
import type { SimulatedEngagements } from './simulated-engagements.ts';
import type { SimulatedOpportunities } from './simulated-opportunities.ts';
import { mergePatch } from './simulated-records.ts';

interface Invitation {
  readonly catalog: string;
  readonly deal: Deal;
  readonly engagementId: string;
  readonly payloadType: InvitationPayloadType;
  /** `detail.engagementInvitation` of its Created event. */
  readonly announced: JsonObject;
  /** The opportunity that the partner submitted. Undefined for a received invitation. */
  readonly submittedOpportunityId?: string | undefined;
}

/**
 * An acceptance in the console creates no task and no snapshot: then only the titles match. `half`
 * is what a task leaves that fails after the acceptance: the invitation is accepted, and there is
 * no opportunity.
 */
export type Acceptance = 'task' | 'console' | 'half';

export interface InvitationChange {
  readonly opportunityId?: string | undefined;
  readonly events: readonly EventContent[];
}

/** The context of the engagement that an invitation is about. */
const contextTypes = {
  OpportunityInvitation: 'CustomerProject',
  LeadInvitation: 'Lead',
  AccountPlanningInvitation: 'CustomerAccount',
} as const;

/** Changes invitations and their related records, and returns the events of each change. */
export class SimulatedInvitations {
  readonly #account: SimulatedAccount;
  readonly #opportunities: SimulatedOpportunities;
  readonly #engagements: SimulatedEngagements;
  readonly #invitations = new Map<string, Invitation>();

  constructor(
    account: SimulatedAccount,
    opportunities: SimulatedOpportunities,
    engagements: SimulatedEngagements,
  ) {
    this.#account = account;
    this.#opportunities = opportunities;
    this.#engagements = engagements;
  }

  /** @returns the id of the new invitation */
  receive(
    catalog: string,
    payloadType: InvitationPayloadType,
    patch: JsonObject = {},
  ): InvitationChange & { id: string } {
    const by = invitationForms[payloadType].sentBy;
    const deal = this.#account.generateDeal();
    const engagementId = this.#engagements.create(catalog, deal, {
      by,
      contextType: contextTypes[payloadType],
    });
    return this.#invite(
      { catalog, deal, engagementId, payloadType },
      [by, partnerParty(this.#account.id)],
      patch,
    );
  }

  /** Invites AWS to a new engagement of the partner, as StartEngagementFromOpportunityTask does. */
  send(opportunityId: string): InvitationChange & { id: string; engagementId: string } {
    const { catalog, body } = this.#account.records.get('opportunity', opportunityId);
    const deal = dealOf(body);
    const partner = partnerParty(this.#account.id);
    const updated = this.#opportunities.submit(opportunityId);
    const engagementId = this.#engagements.create(catalog, deal, {
      by: partner,
      contextType: 'CustomerProject',
    });
    const invitation = {
      catalog,
      deal,
      engagementId,
      payloadType: 'OpportunityInvitation',
      submittedOpportunityId: opportunityId,
    } as const;
    const { id, events } = this.#invite(invitation, [partner, aws], {});
    const snapshot = snapshotCreatedEvent(catalog, {
      engagementId,
      opportunityId,
      createdBy: partner.accountId,
    });
    const joined = memberAddedEvent(catalog, engagementId, partner);
    return {
      id,
      engagementId,
      events: [updated, ...this.#engagements.createdEvents(engagementId), snapshot, joined, ...events],
    };
  }

  isPending(id: string): boolean {
    return this.#account.records.get('engagement-invitation', id).body['Status'] === 'PENDING';
  }

  accept(id: string, how: Acceptance): InvitationChange {
    const invitation = this.#getPending(id);
    this.#account.records.merge('engagement-invitation', id, { Status: 'ACCEPTED' });
    const accepted = invitationEvent('Accepted', invitation.catalog, invitation.announced);
    const { engagementId, submittedOpportunityId } = invitation;
    const joined = this.#engagements.addMember(
      engagementId,
      submittedOpportunityId === undefined ? partnerParty(this.#account.id) : aws,
    );
    const events = [accepted, ...joined];
    if (submittedOpportunityId !== undefined)
      return { events: [...events, ...this.#recordReview(invitation, submittedOpportunityId, 'Approved')] };
    if (invitation.payloadType !== 'OpportunityInvitation' || how === 'half') return { events };
    const { opportunityId, events: opportunityEvents } = this.#createOpportunity(invitation, how);
    return { opportunityId, events: [...events, ...opportunityEvents] };
  }

  /** The receiver loses access to a rejected invitation; the sender keeps it (not documented). */
  reject(id: string, RejectionReason: Json = 'Unable to support'): InvitationChange {
    const invitation = this.#getPending(id);
    const { catalog, announced, submittedOpportunityId } = invitation;
    const rejected = { Status: 'REJECTED', RejectionReason };
    this.#account.records.merge('engagement-invitation', id, rejected, submittedOpportunityId === undefined);
    const reviewed =
      submittedOpportunityId === undefined
        ? []
        : this.#recordReview(invitation, submittedOpportunityId, 'Rejected');
    return { events: [invitationEvent('Rejected', catalog, announced), ...reviewed] };
  }

  expire(id: string): InvitationChange {
    const { catalog, announced } = this.#getPending(id);
    this.#account.records.merge('engagement-invitation', id, { Status: 'EXPIRED' });
    return { events: [invitationEvent('Expired', catalog, announced)] };
  }

  #invite(
    invitation: Omit<Invitation, 'announced'>,
    [sender, receiver]: readonly [Party, Party],
    patch: JsonObject,
  ): InvitationChange & { id: string } {
    const { records, random } = this.#account;
    const { catalog, engagementId, payloadType, submittedOpportunityId } = invitation;
    const id = records.newId('engagement-invitation', () => `engi-${this.#account.randomIdPart(13)}`);
    const participantType = submittedOpportunityId === undefined ? 'RECEIVER' : 'SENDER';
    const props = { catalog, id, engagementId, payloadType, sender, receiver, participantType } as const;
    const { body, announced } = newInvitation(invitation.deal, {
      ...props,
      nowMs: this.#account.nowMs(),
      random,
    });
    records.create(catalog, 'engagement-invitation', id, mergePatch(body, patch));
    this.#invitations.set(id, { ...invitation, announced });
    return { id, events: this.createdEvents(id) };
  }

  createdEvents(id: string): readonly EventContent[] {
    const invitation = this.#invitations.get(id);
    return invitation ? [invitationEvent('Created', invitation.catalog, invitation.announced)] : [];
  }

  /** Records the answer of AWS to an opportunity that the partner submitted. */
  #recordReview(
    { catalog, engagementId }: Invitation,
    opportunityId: string,
    ReviewStatus: Json,
  ): readonly EventContent[] {
    const updated = this.#opportunities.update(opportunityId, { LifeCycle: { ReviewStatus } });
    const snapshot = { engagementId, opportunityId, createdBy: this.#account.id, revision: 2 };
    return [updated, snapshotCreatedEvent(catalog, snapshot)];
  }

  #createOpportunity({ catalog, deal, engagementId }: Invitation, how: Acceptance): InvitationChange {
    const opportunityId = this.#opportunities.create(catalog, deal, { reviewStatus: 'Approved' });
    this.#opportunities.createSummary(opportunityId, 'AWS Referral');
    const events = [
      opportunityEvent('Opportunity Created', catalog, opportunityId),
      opportunityEvent('Opportunity Updated', catalog, opportunityId),
    ];
    if (how === 'console') return { opportunityId, events };
    const snapshot = { engagementId, opportunityId, createdBy: this.#account.id };
    return { opportunityId, events: [...events, snapshotCreatedEvent(catalog, snapshot)] };
  }

  #getPending(id: string): Invitation {
    const { body } = this.#account.records.get('engagement-invitation', id);
    const invitation = this.#invitations.get(id);
    if (!invitation || body['Status'] !== 'PENDING')
      throw new Error(`The invitation ${id} is no longer pending`);
    return invitation;
  }
}
