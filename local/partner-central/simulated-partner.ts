import type { JsonObject } from '../../lambdas/core/json.ts';
import type { RecordKind } from '../../lambdas/core/record.ts';
import { epochMsIn, toMillisecond } from './aws-timestamps.ts';
import { type InvitationPayloadType, newInvitation } from './invitation-body.ts';
import { awsSummaryBody, type Deal, inventDeal, opportunityBody } from './opportunity-body.ts';
import { inventOpportunityChange, inventSummaryChange } from './opportunity-changes.ts';
import {
  type EventContent,
  envelopeOf,
  invitationEvent,
  memberAddedEvent,
  opportunityEvent,
  type PartnerEventEnvelope,
  snapshotCreatedEvent,
} from './partner-event-envelope.ts';
import { characters, type Random } from './seeded-random.ts';
import { merged, type SimulatedRecord, SimulatedRecords } from './simulated-records.ts';

export interface SimulatedPartnerProps {
  /** Same numbers, same calls, same instants: same bodies, ids and events. */
  readonly random: Random;
  readonly nowMs: () => number;
  /** The partner's own AWS account: 12 digits. */
  readonly accountId: string;
  /** Called after the state has changed, so whoever reads on an event finds the change. */
  readonly emit: (event: PartnerEventEnvelope) => void;
}

export interface Sending {
  /** How often AWS sends each event of this change, every time under an id of its own. 0: AWS forgot. @default 1 */
  readonly events?: number;
}

export interface Change extends Sending {
  /** Merged into the body, member by member; arrays and plain values replace. An update makes this change instead of an invented one. */
  readonly patch?: JsonObject;
}

interface Invitation {
  readonly deal: Deal;
  readonly engagementId: string;
  /** `detail.engagementInvitation` of its Created event. */
  readonly announced: JsonObject;
}

/** A partner's pipeline as AWS keeps it: changes on demand and sends the events that AWS would send. */
export class SimulatedPartner {
  readonly #props: SimulatedPartnerProps;
  readonly #records = new SimulatedRecords();
  readonly #invitations = new Map<string, Invitation>();

  constructor(props: SimulatedPartnerProps) {
    this.#props = props;
  }

  /** The partner enters an opportunity of its own. @returns its id */
  createOpportunity(catalog: string, change: Change = {}): string {
    const deal = inventDeal(this.#props.random, this.#props.nowMs());
    const id = this.#createOpportunity(catalog, deal, 'Pending Submission', change.patch);
    this.#send(change, opportunityEvent('Opportunity Created', catalog, id));
    return id;
  }

  /** Moves LastModifiedDate on by at least a millisecond, unless `sameStamp`: two writes that AWS dates alike. */
  updateOpportunity(id: string, change: Change & { readonly sameStamp?: boolean } = {}): void {
    const { catalog, body } = this.#records.known('opportunity', id);
    const nowMs = this.#props.nowMs();
    const stampMs = Math.max(nowMs, epochMsIn(body['LastModifiedDate'], nowMs - 1) + 1);
    const stamp: JsonObject = change.sameStamp ? {} : { LastModifiedDate: toMillisecond(stampMs) };
    const patch = change.patch ?? inventOpportunityChange(body, this.#props.random, nowMs);
    this.#records.merge('opportunity', id, { ...stamp, ...patch });
    this.#send(change, opportunityEvent('Opportunity Updated', catalog, id));
  }

  /** From here on AWS keeps a summary of its own; before, GetAwsOpportunitySummary finds nothing. */
  submitOpportunity(id: string, sending: Sending = {}): void {
    const { catalog } = this.#records.known('opportunity', id);
    const summary = awsSummaryBody({ catalog, id }, 'Partner Referral');
    this.#records.create(catalog, 'aws-opportunity-summary', id, summary);
    this.updateOpportunity(id, { ...sending, patch: { LifeCycle: { ReviewStatus: 'Submitted' } } });
  }

  /** AWS's people work on their side: an Opportunity Updated event although GetOpportunity answers as before. */
  updateAwsSummary(id: string, change: Change = {}): void {
    const { catalog, body } = this.#records.known('aws-opportunity-summary', id);
    const patch = change.patch ?? inventSummaryChange(body, this.#props.random, this.#props.nowMs());
    this.#records.merge('aws-opportunity-summary', id, patch);
    this.#send(change, opportunityEvent('Opportunity Updated', catalog, id));
  }

  /** AWS invites with an opportunity, another partner with a lead. @returns the invitation's id */
  createInvitation(catalog: string, payloadType: InvitationPayloadType, change: Change = {}): string {
    const { random, nowMs, accountId } = this.#props;
    const deal = inventDeal(random, nowMs());
    const id = this.#records.newId('engagement-invitation', () => `engi-${lowerCase(random, 13)}`);
    const engagementId = `eng-${lowerCase(random, 14)}`;
    const sent = { catalog, id, engagementId, payloadType, receiverAccountId: accountId };
    const { body, announced } = newInvitation(deal, { ...sent, nowMs: nowMs(), random });
    this.#records.create(catalog, 'engagement-invitation', id, merged(body, change.patch ?? {}));
    this.#invitations.set(id, { deal, engagementId, announced });
    this.#send(change, invitationEvent('Created', catalog, announced));
    return id;
  }

  /** @returns the id of the opportunity that AWS makes of it; undefined for a lead, which stays an engagement. */
  acceptInvitation(id: string, sending: Sending = {}): string | undefined {
    const { catalog, body, deal, engagementId, announced } = this.#pending(id);
    const { accountId } = this.#props;
    this.#records.merge('engagement-invitation', id, { Status: 'ACCEPTED' });
    const joined = [
      invitationEvent('Accepted', catalog, announced),
      memberAddedEvent(catalog, engagementId, { accountId, companyName: 'Example Partner' }),
    ];
    if (body['PayloadType'] !== 'OpportunityInvitation') {
      this.#send(sending, ...joined);
      return undefined;
    }
    const opportunityId = this.#createOpportunity(catalog, deal, 'Approved');
    const summary = awsSummaryBody({ catalog, id: opportunityId }, 'AWS Referral');
    this.#records.create(catalog, 'aws-opportunity-summary', opportunityId, summary);
    this.#send(
      sending,
      ...joined,
      opportunityEvent('Opportunity Created', catalog, opportunityId),
      opportunityEvent('Opportunity Updated', catalog, opportunityId),
      snapshotCreatedEvent(catalog, { engagementId, opportunityId, createdBy: accountId }),
    );
    return opportunityId;
  }

  /** Takes the partner's access to the invitation away. */
  rejectInvitation(id: string, sending: Sending = {}): void {
    const { catalog, announced } = this.#pending(id);
    const rejected = { Status: 'REJECTED', RejectionReason: 'Unable to support' };
    this.#records.merge('engagement-invitation', id, rejected, true);
    this.#send(sending, invitationEvent('Rejected', catalog, announced));
  }

  /** The invitation stays readable. What AWS really answers after expiry is not known. */
  expireInvitation(id: string, sending: Sending = {}): void {
    const { catalog, announced } = this.#pending(id);
    this.#records.merge('engagement-invitation', id, { Status: 'EXPIRED' });
    this.#send(sending, invitationEvent('Expired', catalog, announced));
  }

  /**
   * Writes anything into a body and touches nothing else: an unknown member, a value outside the enum, a date of nine
   * digits. Sends Opportunity Updated; AWS has no event for a changed invitation, so none is sent for that kind.
   */
  alter(kind: RecordKind, id: string, patch: JsonObject, sending: Sending = {}): void {
    const { catalog } = this.#records.known(kind, id);
    this.#records.merge(kind, id, patch);
    if (kind !== 'engagement-invitation')
      this.#send(sending, opportunityEvent('Opportunity Updated', catalog, id));
  }

  /** What the service would answer now; undefined where it would find nothing. */
  find(catalog: string, kind: RecordKind, id: string): SimulatedRecord | undefined {
    return this.#records.find(catalog, kind, id);
  }

  /** Every record as it is now, by `<catalog>/<kind>/<id>`. */
  truth(): ReadonlyMap<string, SimulatedRecord> {
    return this.#records.byPath();
  }

  #createOpportunity(
    catalog: string,
    deal: Deal,
    reviewStatus: 'Pending Submission' | 'Approved',
    patch: JsonObject = {},
  ): string {
    const { random, nowMs, accountId } = this.#props;
    const id = this.#records.newId('opportunity', () => `O${characters(random, '123456789', 8)}`);
    const body = opportunityBody(deal, { catalog, id, accountId, nowMs: nowMs(), reviewStatus });
    this.#records.create(catalog, 'opportunity', id, merged(body, patch));
    return id;
  }

  #pending(id: string): Invitation & { readonly catalog: string; readonly body: JsonObject } {
    const { catalog, body } = this.#records.known('engagement-invitation', id);
    const invitation = this.#invitations.get(id);
    if (!invitation || body['Status'] !== 'PENDING') throw new Error(`invitation ${id} is no longer pending`);
    return { ...invitation, catalog, body };
  }

  #send({ events = 1 }: Sending, ...contents: readonly EventContent[]): void {
    const { emit, random, nowMs, accountId } = this.#props;
    for (const content of contents) {
      for (let sent = 0; sent < events; sent += 1)
        emit(envelopeOf(content, { random, nowMs: nowMs(), accountId }));
    }
  }
}

function lowerCase(random: Random, count: number): string {
  return characters(random, '0123456789abcdefghijklmnopqrstuvwxyz', count);
}
