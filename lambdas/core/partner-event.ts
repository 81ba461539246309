import { isPlaceholder, malformedError, requireInstant, requireText } from './event-members.ts';
import { type Instant, parseInstant } from './instant.ts';
import { at, isJsonObject, type Json, type JsonObject, textAt } from './json.ts';
import { never, ServiceError } from './service-error.ts';

/** `source` of every Selling API event. */
export const partnerCentralSource = 'aws.partnercentral-selling';
/** `source` of what `reconcile` sends down the same queues. No rule matches it: it never comes from a bus. */
export const reconcileSource = 'partner-central-relay';

export const opportunityDetailTypes = ['Opportunity Created', 'Opportunity Updated'] as const;
export const invitationDetailTypes = [
  'Engagement Invitation Created',
  'Engagement Invitation Accepted',
  'Engagement Invitation Rejected',
  'Engagement Invitation Expired',
] as const;
export const engagementDetailTypes = [
  'Engagement Created',
  'Engagement Updated',
  'Engagement Member Added',
  'Engagement Resource Snapshot Created',
] as const;
/** What `reconcile` found missing or older here than there; the rest of the event is as AWS's own. */
export const reconciledDetailTypes = {
  opportunity: 'Opportunity Reconciled',
  'engagement-invitation': 'Engagement Invitation Reconciled',
  engagement: 'Engagement Reconciled',
} as const;

/** Detail-types by the kind of record that they tell of. What `reconcile` found is told like what AWS sent. */
const detailTypes = {
  opportunity: [...opportunityDetailTypes, reconciledDetailTypes.opportunity],
  'engagement-invitation': [...invitationDetailTypes, reconciledDetailTypes['engagement-invitation']],
  engagement: [...engagementDetailTypes, reconciledDetailTypes.engagement],
} as const;

export type OpportunityDetailType = (typeof detailTypes)['opportunity'][number];
export type InvitationDetailType = (typeof detailTypes)['engagement-invitation'][number];
export type EngagementDetailType = (typeof detailTypes)['engagement'][number];

/** Why `reconcile` sent an event: what it saw in a list of Partner Central's. */
export interface Listed {
  /** AWS's stamp in the list; a stored state with this stamp or a later one is up to date. */
  readonly lastModifiedAt?: Instant | undefined;
  /** Of an invitation. */
  readonly status?: string | undefined;
  /** True where no list showed the status: it follows from a date that is past. */
  readonly presumed?: boolean | undefined;
  /** Whether an event should have told of it by now: neither a first pass, nor a change of this very minute. */
  readonly drift: boolean;
}

/** What every event says of itself. */
interface Envelope {
  /** EventBridge's id. Two events of one change carry two ids: it tells redeliveries apart, not changes. Of a reconciled event, the run. */
  readonly eventId: string;
  readonly catalog: string;
  /** One-second resolution: the change happened within the second that begins here. */
  readonly time: Instant;
  /** Set where `reconcile` sent it, and not AWS. */
  readonly listed?: Listed | undefined;
}

export interface OpportunityEvent extends Envelope {
  readonly kind: 'opportunity';
  readonly detailType: OpportunityDetailType;
  readonly opportunityId: string;
}

export interface InvitationEvent extends Envelope {
  readonly kind: 'engagement-invitation';
  readonly detailType: InvitationDetailType;
  readonly invitationId: string;
  /** The event's own members, in the names of GetEngagementInvitation: all that is left once access is taken away. */
  readonly known: JsonObject;
}

export interface EngagementEvent extends Envelope {
  readonly kind: 'engagement';
  readonly detailType: EngagementDetailType;
  readonly engagementId: string;
  /** The opportunity that a snapshot was made of: it belongs to this engagement. */
  readonly snapshotOf?: { readonly opportunityId: string; readonly isOwn: boolean } | undefined;
}

/** A detail-type that nothing here reads. What catalogs a stack takes is for its rules to say. */
export interface UnhandledEvent extends Envelope {
  readonly kind: 'unhandled';
  readonly detailType: string;
}

export type PartnerEvent = OpportunityEvent | InvitationEvent | EngagementEvent | UnhandledEvent;

/**
 * Reads an EventBridge event as AWS really sends it: unknown members, `version`, `schemaVersion` and values outside
 * the documented enums pass; what identifies the record must be there.
 * @throws ServiceError `event.malformed` naming the path, the value and what is allowed.
 */
export function parsePartnerEvent(raw: Json): PartnerEvent {
  if (!isJsonObject(raw)) throw malformedError('', 'an EventBridge event (a JSON object)', raw);
  const source = requireText(
    raw,
    ['source'],
    partnerCentralSource,
    (value) => value === partnerCentralSource || value === reconcileSource,
  );
  const envelope = {
    eventId: requireText(raw, ['id'], 'the event id', (value) => value !== ''),
    time: requireInstant(raw, ['time']),
    catalog: requireText(raw, ['detail', 'catalog'], 'a catalog such as AWS or Sandbox', (value) =>
      /^[a-zA-Z]+$/.test(value),
    ),
    ...(source === reconcileSource && { listed: listedIn(raw) }),
  };
  const detailType = requireText(raw, ['detail-type'], 'a detail-type', (value) => value !== '');
  return (
    opportunityEvent(raw, envelope, detailType) ??
    invitationEvent(raw, envelope, detailType) ??
    engagementEvent(raw, envelope, detailType) ?? { kind: 'unhandled', ...envelope, detailType }
  );
}

function listedIn(raw: JsonObject): Listed {
  const listed = at(raw, 'detail', 'listed');
  return {
    lastModifiedAt: parseInstant(at(listed, 'lastModifiedAt')),
    status: textAt(listed, 'status'),
    presumed: at(listed, 'presumed') === true || undefined,
    drift: at(listed, 'drift') === true,
  };
}

function opportunityEvent(
  raw: JsonObject,
  envelope: Envelope,
  detailType: string,
): OpportunityEvent | undefined {
  const known = detailTypes.opportunity.find((each) => each === detailType);
  if (!known) return undefined;
  const opportunityId = requireText(
    raw,
    ['detail', 'opportunity', 'identifier'],
    opportunityIdForm,
    isOpportunityId,
  );
  return { kind: 'opportunity', ...envelope, detailType: known, opportunityId };
}

const opportunityIdForm = 'O and 1 to 19 digits';

export function isOpportunityId(text: unknown): text is string {
  return typeof text === 'string' && /^O[0-9]{1,19}$/.test(text);
}

export function isInvitationId(text: unknown): text is string {
  return typeof text === 'string' && /^engi-[0-9a-z]{13}$/.test(text);
}

export function isEngagementId(text: unknown): text is string {
  // The model says 14; documented events have 13 as well. Partner Central itself refuses what is none.
  return typeof text === 'string' && /^eng-[0-9a-z]{1,64}$/.test(text);
}

function invitationEvent(
  raw: JsonObject,
  envelope: Envelope,
  detailType: string,
): InvitationEvent | undefined {
  const known = detailTypes['engagement-invitation'].find((each) => each === detailType);
  if (!known) return undefined;
  const path = ['detail', 'engagementInvitation'];
  const invitationId = requireText(raw, [...path, 'id'], 'engi- and 13 letters or digits', isInvitationId);
  return {
    kind: 'engagement-invitation',
    ...envelope,
    detailType: known,
    invitationId,
    known: knownMembers(raw, path, envelope.catalog),
  };
}

/** Member events name the engagement as `id`, those of the engagement itself as `engagementId`, a snapshot in its own object. */
const engagementIdPaths = [
  ['detail', 'resourceSnapshot', 'engagementId'],
  ['detail', 'engagement', 'engagementId'],
  ['detail', 'engagement', 'id'],
] as const;

function engagementEvent(
  raw: JsonObject,
  envelope: Envelope,
  detailType: string,
): EngagementEvent | undefined {
  const known = detailTypes.engagement.find((each) => each === detailType);
  if (!known) return undefined;
  const isSnapshot = known === 'Engagement Resource Snapshot Created';
  const path =
    engagementIdPaths.find((each) => at(raw, ...each) !== undefined) ?? engagementIdPaths[isSnapshot ? 0 : 1];
  const engagementId = requireText(raw, path, 'eng- and letters or digits', isEngagementId);
  return {
    kind: 'engagement',
    ...envelope,
    detailType: known,
    engagementId,
    ...(isSnapshot && { snapshotOf: snapshotIn(raw) }),
  };
}

/** Snapshots of anything but an opportunity are not known; one that AWS adds tells of the engagement alone. */
function snapshotIn(raw: JsonObject): EngagementEvent['snapshotOf'] {
  const snapshot = at(raw, 'detail', 'resourceSnapshot');
  const opportunityId = at(snapshot, 'resourceId');
  if (at(snapshot, 'resourceType') !== 'Opportunity' || !isOpportunityId(opportunityId)) return undefined;
  const createdBy = at(snapshot, 'createdBy');
  return { opportunityId, isOwn: createdBy !== undefined && createdBy === at(raw, 'account') };
}

/** Event member -> member of GetEngagementInvitation. All optional: documented and recorded events differ in them. */
const invitationMembers = {
  arn: 'Arn',
  id: 'Id',
  engagementId: 'EngagementId',
  payloadType: 'PayloadType',
  senderAccountId: 'SenderAwsAccountId',
  senderCompanyName: 'SenderCompanyName',
  expirationDate: 'ExpirationDate',
  participantType: 'ParticipantType',
} as const;

function knownMembers(raw: JsonObject, path: readonly string[], catalog: string): JsonObject {
  const members = Object.entries(invitationMembers).flatMap(([from, to]) => {
    const value = at(raw, ...path, from);
    // Of these only what can be used counts; the parked event, or the read, keeps the rest.
    if (typeof value !== 'string') return [];
    const read = requireText(
      raw,
      [...path, from],
      'a value, not a placeholder',
      (each) => from === 'senderCompanyName' || !isPlaceholder(each),
    );
    return [[to, to === 'ParticipantType' ? read.toUpperCase() : read]];
  });
  return { Catalog: catalog, ...Object.fromEntries(members) };
}

/** Whether `reconcile` found what a detail-type tells, and not AWS. */
export function isReconciled(detailType: string): boolean {
  return Object.values<string>(reconciledDetailTypes).includes(detailType);
}

/** What a queue says to an event that is not for it. */
export function unhandledError({ detailType, catalog }: PartnerEvent): ServiceError<'event.unhandled'> {
  return new ServiceError('event.unhandled', { detailType, catalog }, { retry: never });
}
