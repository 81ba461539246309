import type { JsonObject } from '../../../lambdas/core/json.ts';
import type { RecordKind } from '../../../lambdas/core/record.ts';
import { characters } from '../seeded-random.ts';
import type { AcceptanceTask } from './acceptance-task.ts';
import type { InvitationPayloadType } from './invitation-body.ts';
import { inventDeal } from './opportunity-body.ts';
import { opportunityEvent } from './partner-events.ts';
import {
  type Change,
  partnerParty,
  type Sending,
  SimulatedAccount,
  type SimulatedPartnerProps,
} from './simulated-account.ts';
import { SimulatedEngagements } from './simulated-engagements.ts';
import { SimulatedInvitations } from './simulated-invitations.ts';
import { SimulatedOpportunities } from './simulated-opportunities.ts';
import type { SimulatedRecord } from './simulated-records.ts';

/** What the service knows at an instant: now, or a short while ago. */
export interface PartnerView {
  /** The partner's own. */
  readonly accountId: string;
  /** What the service would answer; undefined where it would find nothing. */
  readonly find: (catalog: string, kind: RecordKind, id: string) => SimulatedRecord | undefined;
  /** In no particular order. */
  readonly all: (catalog: string, kind: RecordKind) => readonly SimulatedRecord[];
  readonly tasks: (catalog: string) => readonly AcceptanceTask[];
}

/** A partner's pipeline as AWS keeps it: changes on demand and sends the events that AWS would send. */
export class SimulatedPartner {
  readonly #account: SimulatedAccount;
  readonly #opportunities: SimulatedOpportunities;
  readonly #engagements: SimulatedEngagements;
  readonly #invitations: SimulatedInvitations;

  constructor(props: SimulatedPartnerProps) {
    this.#account = new SimulatedAccount(props);
    this.#opportunities = new SimulatedOpportunities(this.#account);
    this.#engagements = new SimulatedEngagements(this.#account);
    this.#invitations = new SimulatedInvitations(this.#account, this.#opportunities, this.#engagements);
  }

  /** The partner enters an opportunity of its own. @returns its id */
  createOpportunity(catalog: string, change: Change = {}): string {
    const deal = inventDeal(this.#account.random, this.#account.nowMs());
    const made = { reviewStatus: 'Pending Submission', patch: change.patch } as const;
    const id = this.#opportunities.create(catalog, deal, made);
    this.#account.send(change, [opportunityEvent('Opportunity Created', catalog, id)]);
    return id;
  }

  /** Moves LastModifiedDate on by at least a millisecond, unless `sameStamp`: two writes that AWS dates alike. */
  updateOpportunity(id: string, change: Change & { readonly sameStamp?: boolean } = {}): void {
    this.#account.send(change, [this.#opportunities.update(id, change.patch, change.sameStamp)]);
  }

  /** From here on AWS keeps a summary of its own; before, GetAwsOpportunitySummary finds nothing. */
  submitOpportunity(id: string, sending: Sending = {}): void {
    this.#opportunities.createSummary(id, 'Partner Referral');
    this.updateOpportunity(id, { ...sending, patch: { LifeCycle: { ReviewStatus: 'Submitted' } } });
  }

  /**
   * Submits as StartEngagementFromOpportunityTask does: with an engagement of the partner's own, to which AWS is invited.
   * Accepting or rejecting that invitation is then AWS's answer. @returns the invitation's id
   */
  submitForCosell(id: string, sending: Sending = {}): string {
    const sent = this.#invitations.send(id);
    this.#account.send(sending, sent.events);
    return sent.id;
  }

  /** AWS's people work on their side: an Opportunity Updated event although GetOpportunity answers as before. */
  updateAwsSummary(id: string, change: Change = {}): void {
    this.#account.send(change, [this.#opportunities.updateSummary(id, change.patch)]);
  }

  /** The partner opens an engagement of its own. @returns its id */
  createEngagement(catalog: string, change: Change = {}): string {
    const by = partnerParty(this.#account.id);
    const deal = inventDeal(this.#account.random, this.#account.nowMs());
    const id = this.#engagements.create(catalog, deal, {
      by,
      contextType: 'CustomerProject',
      patch: change.patch,
    });
    this.#account.send(change, this.#engagements.created(id));
    return id;
  }

  /** Moves ModifiedAt on by at least a millisecond. Without an event while the partner is not a member. */
  updateEngagement(id: string, change: Change = {}): void {
    this.#account.send(change, this.#engagements.update(id, change.patch));
  }

  /** One more company joins. Without an event while the partner is not a member. */
  addMember(engagementId: string, sending: Sending = {}): void {
    const { random } = this.#account;
    const site = characters(random, 'abcdefghijklmnopqrstuvwxyz', 6);
    const party = {
      accountId: characters(random, '123456789', 12),
      companyName: `AnyCompany ${site}`,
      websiteUrl: `https://${site}.example.com`,
    };
    this.#account.send(sending, this.#engagements.add(engagementId, party));
  }

  /**
   * AWS invites with an opportunity, another partner with a lead, each to an engagement of theirs.
   * @returns the invitation's id
   */
  createInvitation(catalog: string, payloadType: InvitationPayloadType, change: Change = {}): string {
    const received = this.#invitations.receive(catalog, payloadType, change.patch);
    this.#account.send(change, received.events);
    return received.id;
  }

  /**
   * By the API, unless `byConsole`: then no task is recorded and no snapshot made, so that only the title tells which
   * opportunity belongs to the invitation (what a console leaves behind is not documented: this is the least).
   * @returns the id of the opportunity that AWS makes of it; undefined for a lead, which stays an engagement, and for an
   *   invitation that the partner sent.
   */
  acceptInvitation(id: string, how: Sending & { readonly byConsole?: boolean } = {}): string | undefined {
    const { opportunityId, events } = this.#invitations.accept(id, how.byConsole ?? false);
    this.#account.send(how, events);
    return opportunityId;
  }

  /** Takes the partner's access to the invitation away, unless the partner sent it. */
  rejectInvitation(id: string, sending: Sending = {}): void {
    this.#account.send(sending, this.#invitations.reject(id).events);
  }

  /** The invitation stays readable. What AWS really answers after expiry is not known. */
  expireInvitation(id: string, sending: Sending = {}): void {
    this.#account.send(sending, this.#invitations.expire(id).events);
  }

  /**
   * Writes anything into a body and touches nothing else: an unknown member, a value outside the enum, a date of nine
   * digits. Sends Opportunity Updated, or Engagement Updated; AWS has no event for a changed invitation, so none is sent.
   */
  alter(kind: RecordKind, id: string, patch: JsonObject, sending: Sending = {}): void {
    const { catalog } = this.#account.records.known(kind, id);
    this.#account.records.merge(kind, id, patch);
    if (kind === 'engagement') this.#account.send(sending, this.#engagements.updated(id));
    else if (kind !== 'engagement-invitation')
      this.#account.send(sending, [opportunityEvent('Opportunity Updated', catalog, id)]);
  }

  /** What the service would have answered so many milliseconds ago; at most `longestLagMs`. @default 0, now */
  view(lagMs = 0): PartnerView {
    const { records, id: accountId } = this.#account;
    const asOfMs = lagMs === 0 ? Number.POSITIVE_INFINITY : this.#account.nowMs() - lagMs;
    return {
      accountId,
      find: (catalog, kind, id) => records.find(catalog, kind, id, asOfMs),
      all: (catalog, kind) => records.all(catalog, kind, asOfMs),
      tasks: (catalog) =>
        this.#invitations.tasks().filter((task) => task.catalog === catalog && task.startedAtMs <= asOfMs),
    };
  }

  /**
   * Every record as it is now, by `<catalog>/<kind>/<id>`; of an engagement GetEngagement's answer with all its members
   * as `EngagementMemberList`. Engagements that the partner never could read are left out: nobody can know them.
   */
  truth(): ReadonlyMap<string, SimulatedRecord> {
    const records = [...this.#account.records.byPath()];
    return new Map(records.filter(([, { kind, inaccessible }]) => kind !== 'engagement' || !inaccessible));
  }
}
