import type { JsonObject } from '../../../lambdas/core/json.ts';
import type { RecordKind } from '../../../lambdas/core/record.ts';
import { characters } from '../seeded-random.ts';
import type { InvitationPayloadType } from './invitation-body.ts';
import { opportunityEvent } from './partner-events.ts';
import { type ListedTask, ServiceTasks, type TaskOperation } from './service-tasks.ts';
import {
  type ChangeOptions,
  type EmitOptions,
  partnerParty,
  SimulatedAccount,
  type SimulatedPartnerProps,
} from './simulated-account.ts';
import { SimulatedEngagements } from './simulated-engagements.ts';
import { SimulatedInvitations } from './simulated-invitations.ts';
import { SimulatedOpportunities } from './simulated-opportunities.ts';
import type { SimulatedRecord } from './simulated-records.ts';
import { SimulatedWrites } from './simulated-writes.ts';

/** The data of the service now, or a short time ago. */
export interface PartnerView {
  /** The partner's AWS account id. */
  readonly accountId: string;
  /** Returns undefined if the record does not exist in this catalog. */
  readonly find: (catalog: string, kind: RecordKind, id: string) => SimulatedRecord | undefined;
  /** Returns the records in no particular order. */
  readonly all: (catalog: string, kind: RecordKind) => readonly SimulatedRecord[];
  /** Tasks that one operation started, oldest first. */
  readonly tasks: (operation: TaskOperation, catalog: string) => readonly ListedTask[];
}

/**
 * The records of a partner in Partner Central. Each method changes records and emits the events of
 * AWS.
 */
export class SimulatedPartner {
  readonly #account: SimulatedAccount;
  readonly #opportunities: SimulatedOpportunities;
  readonly #engagements: SimulatedEngagements;
  readonly #invitations: SimulatedInvitations;
  readonly #tasks: ServiceTasks;
  /** What requests of the API change. The other methods are what people and AWS do. */
  readonly writes: SimulatedWrites;

  constructor(props: SimulatedPartnerProps) {
    this.#account = new SimulatedAccount(props);
    this.#opportunities = new SimulatedOpportunities(this.#account);
    this.#engagements = new SimulatedEngagements(this.#account);
    this.#invitations = new SimulatedInvitations(this.#account, this.#opportunities, this.#engagements);
    this.#tasks = new ServiceTasks(this.#account);
    this.writes = new SimulatedWrites({
      account: this.#account,
      opportunities: this.#opportunities,
      engagements: this.#engagements,
      invitations: this.#invitations,
      tasks: this.#tasks,
    });
  }

  /** The partner creates an opportunity. @returns the id of the opportunity */
  createOpportunity(catalog: string, change: ChangeOptions = {}): string {
    const deal = this.#account.generateDeal();
    const options = { reviewStatus: 'Pending Submission', patch: change.patch } as const;
    const id = this.#opportunities.create(catalog, deal, options);
    this.#account.emit(change, [opportunityEvent('Opportunity Created', catalog, id)]);
    return id;
  }

  /**
   * Advances LastModifiedDate by at least one millisecond. With `sameTimestamp` it stays: two
   * writes then have the same date.
   */
  updateOpportunity(id: string, change: ChangeOptions & { readonly sameTimestamp?: boolean } = {}): void {
    this.#account.emit(change, [this.#opportunities.update(id, change.patch, change.sameTimestamp)]);
  }

  submitOpportunity(id: string, options: EmitOptions = {}): void {
    this.#account.emit(options, [this.#opportunities.submit(id)]);
  }

  /**
   * Submits an opportunity as StartEngagementFromOpportunityTask does: AWS is invited to a new
   * engagement. AWS answers by accepting or rejecting the invitation.
   * @returns the id of the invitation
   */
  submitForCosell(id: string, options: EmitOptions = {}): string {
    const sent = this.#invitations.send(id);
    this.#account.emit(options, sent.events);
    return sent.id;
  }

  /** AWS changes its summary. Emits Opportunity Updated, although the opportunity is unchanged. */
  updateAwsSummary(id: string, change: ChangeOptions = {}): void {
    this.#account.emit(change, [this.#opportunities.updateSummary(id, change.patch)]);
  }

  /** The partner creates an engagement. @returns the id of the engagement */
  createEngagement(catalog: string, change: ChangeOptions = {}): string {
    const by = partnerParty(this.#account.id);
    const deal = this.#account.generateDeal();
    const id = this.#engagements.create(catalog, deal, {
      by,
      contextType: 'CustomerProject',
      patch: change.patch,
    });
    this.#account.emit(change, this.#engagements.createdEvents(id));
    return id;
  }

  /**
   * Advances ModifiedAt by at least one millisecond. Emits no event while the partner is not a
   * member.
   */
  updateEngagement(id: string, change: ChangeOptions = {}): void {
    this.#account.emit(change, this.#engagements.update(id, change.patch));
  }

  /** Another company joins the engagement. Emits no event while the partner is not a member. */
  addMember(engagementId: string, options: EmitOptions = {}): void {
    const { random } = this.#account;
    const site = characters(random, 'abcdefghijklmnopqrstuvwxyz', 6);
    const party = {
      accountId: characters(random, '123456789', 12),
      companyName: `AnyCompany ${site}`,
      websiteUrl: `https://${site}.example.com`,
    };
    this.#account.emit(options, this.#engagements.addMember(engagementId, party));
  }

  /**
   * AWS sends an invitation to an opportunity or to plan an account, or another partner sends one
   * to a lead, each for a new engagement of the sender.
   * @returns the id of the invitation
   */
  createInvitation(catalog: string, payloadType: InvitationPayloadType, change: ChangeOptions = {}): string {
    const received = this.#invitations.receive(catalog, payloadType, change.patch);
    this.#account.emit(change, received.events);
    return received.id;
  }

  /**
   * Accepts an invitation by the API. With `viaConsole` there is no task and no snapshot, so that
   * only the title relates the opportunity to the invitation. What the console really leaves is not
   * documented.
   * @returns the id of the new opportunity; undefined for a lead, an account and a sent invitation
   */
  acceptInvitation(
    id: string,
    how: EmitOptions & { readonly viaConsole?: boolean } = {},
  ): string | undefined {
    const { catalog } = this.#account.records.get('engagement-invitation', id);
    const { opportunityId, events } = this.#invitations.accept(id, how.viaConsole ? 'console' : 'task');
    if (opportunityId !== undefined && !how.viaConsole)
      this.#tasks
        .start('StartEngagementByAcceptingInvitationTask', catalog, { EngagementInvitationId: id })
        .complete({ OpportunityId: opportunityId });
    this.#account.emit(how, events);
    return opportunityId;
  }

  /** The partner loses access to the invitation, unless the partner sent it. */
  rejectInvitation(id: string, options: EmitOptions = {}): void {
    this.#account.emit(options, this.#invitations.reject(id).events);
  }

  /** The invitation stays readable. How AWS answers after expiry is not known. */
  expireInvitation(id: string, options: EmitOptions = {}): void {
    this.#account.emit(options, this.#invitations.expire(id).events);
  }

  /** AWS delivers events at least once. No other event has a changed invitation read again. */
  repeatInvitationEvent(id: string): void {
    this.#account.emit({}, this.#invitations.createdEvents(id));
  }

  /**
   * Merges any patch into a body, such as an unknown member, a value outside an enum or a date with
   * nine digits. Emits Opportunity Updated or Engagement Updated. AWS has no event for a changed
   * invitation.
   */
  alter(kind: RecordKind, id: string, patch: JsonObject, options: EmitOptions = {}): void {
    const { catalog } = this.#account.records.get(kind, id);
    this.#account.records.merge(kind, id, patch);
    if (kind === 'engagement') this.#account.emit(options, this.#engagements.updatedEvents(id));
    else if (kind !== 'engagement-invitation')
      this.#account.emit(options, [opportunityEvent('Opportunity Updated', catalog, id)]);
  }

  /** The data of the service `lagMs` ago, at most `longestLagMs`. @default 0, now */
  view(lagMs = 0): PartnerView {
    const { records, id: accountId } = this.#account;
    const asOfMs = lagMs === 0 ? Number.POSITIVE_INFINITY : this.#account.nowMs() - lagMs;
    return {
      accountId,
      find: (catalog, kind, id) => records.find(catalog, kind, id, asOfMs),
      all: (catalog, kind) => records.all(catalog, kind, asOfMs),
      tasks: (operation, catalog) => this.#tasks.list(operation, catalog, asOfMs),
    };
  }

  /**
   * All current records by `<catalog>/<kind>/<id>`. The body of an engagement contains all its
   * members as `EngagementMemberList`. Engagements that the partner could never read are omitted.
   */
  truth(): ReadonlyMap<string, SimulatedRecord> {
    const records = [...this.#account.records.byPath()];
    return new Map(records.filter(([, { kind, inaccessible }]) => kind !== 'engagement' || !inaccessible));
  }
}
