import { isPlaceholder, malformedError, requireInstant, requireText } from './event-members.ts';
import { type Instant, parseInstant } from './instant.ts';
import { at, isJsonObject, type Json, type JsonObject, textAt } from './json.ts';
import type { RecordKey } from './record.ts';
import { ServiceError } from './service-error.ts';

/** `source` of every Selling API event. */
export const partnerCentralSource = 'aws.partnercentral-selling';
/**
 * `source` of the events that `reconcile` sends to the same queues. They never pass a bus, so no
 * rule matches it.
 */
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
/** Sent by `reconcile` for a record that is missing here or older than in Partner Central. */
export const reconciledDetailTypes = {
  opportunity: 'Opportunity Reconciled',
  'engagement-invitation': 'Engagement Invitation Reconciled',
  engagement: 'Engagement Reconciled',
} as const;

/** By the kind of record that the events are about. */
const detailTypes = {
  opportunity: [...opportunityDetailTypes, reconciledDetailTypes.opportunity],
  'engagement-invitation': [...invitationDetailTypes, reconciledDetailTypes['engagement-invitation']],
  engagement: [...engagementDetailTypes, reconciledDetailTypes.engagement],
} as const;

/** Kinds of records that events are about. */
export type EventKind = keyof typeof detailTypes;

/**
 * What a list of Partner Central returned about a record, which is why `reconcile` sent the event.
 */
export interface Listed {
  /**
   * AWS's timestamp in the list. A stored state with this timestamp or a later one is up to date.
   */
  readonly lastModifiedAt?: Instant | undefined;
  /** The text of AWS's timestamp in the list, if it cannot be read; see `timestampTextOf`. */
  readonly unreadable?: string | undefined;
  /** Status of an invitation. */
  readonly status?: string | undefined;
  /** True if no list returned this status: it follows from an expiration date that is past. */
  readonly presumed?: boolean | undefined;
  /**
   * True if an event should have reported this by now: false in a first pass and for a change of
   * the last minutes.
   */
  readonly drift: boolean;
}

interface Envelope {
  /**
   * EventBridge's id, or the id of the run of `reconcile`. It identifies redeliveries of one event.
   * Two events about one change have two ids.
   */
  readonly eventId: string;
  /** In whole seconds: the change happened within the second that begins here. */
  readonly time: Instant;
  /** Set if `reconcile` sent the event, undefined if AWS did. */
  readonly listed?: Listed | undefined;
}

interface EventAbout<Kind extends EventKind> extends Envelope {
  /** The record that the event is about. */
  readonly key: RecordKey & { readonly kind: Kind };
  readonly detailType: (typeof detailTypes)[Kind][number];
}

export type OpportunityEvent = EventAbout<'opportunity'>;

export interface InvitationEvent extends EventAbout<'engagement-invitation'> {
  /**
   * The members of the event by the names of GetEngagementInvitation: all that is left once access
   * is taken away.
   */
  readonly known: JsonObject;
}

export interface EngagementEvent extends EventAbout<'engagement'> {
  /** The opportunity that a snapshot was made of: it belongs to this engagement. */
  readonly snapshotOf?: { readonly opportunityId: string; readonly isOwn: boolean } | undefined;
}

/** A record key with what was reported about the record. */
export type PartnerEvent = OpportunityEvent | InvitationEvent | EngagementEvent;
export type EventOf<Kind extends EventKind> = Extract<
  PartnerEvent,
  { readonly key: { readonly kind: Kind } }
>;

/** An event with a detail-type that this project does not know. */
export interface UnhandledEvent extends Envelope {
  readonly key?: undefined;
  readonly detailType: string;
  readonly catalog: string;
}

/**
 * Parses an event that must be about one kind of record.
 * @throws ServiceError `event.malformed`; `event.unhandled` if it is about another kind.
 */
export function parseEventOf<Kind extends EventKind>(kind: Kind, raw: Json): EventOf<Kind> {
  const event = parsePartnerEvent(raw);
  if (!isEventOf(kind, event)) throw unhandledError(event);
  return event;
}

function isEventOf<Kind extends EventKind>(
  kind: Kind,
  event: PartnerEvent | UnhandledEvent,
): event is EventOf<Kind> {
  return event.key?.kind === kind;
}

export function unhandledError(event: PartnerEvent | UnhandledEvent): ServiceError<'event.unhandled'> {
  const { catalog } = event.key === undefined ? event : event.key;
  return new ServiceError('event.unhandled', { detailType: event.detailType, catalog });
}

/**
 * Parses an EventBridge event as AWS really sends it. Unknown members, `version`, `schemaVersion`
 * and values outside the documented enums pass. Only what identifies the record is required.
 * @throws ServiceError `event.malformed` with the path, the value and what is allowed.
 */
export function parsePartnerEvent(raw: Json): PartnerEvent | UnhandledEvent {
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
    ...(source === reconcileSource && { listed: parseListed(raw) }),
  };
  const detailType = requireText(raw, ['detail-type'], 'a detail-type', (value) => value !== '');
  return (
    parseOpportunityEvent(raw, envelope, detailType) ??
    parseInvitationEvent(raw, envelope, detailType) ??
    parseEngagementEvent(raw, envelope, detailType) ?? { ...envelope, detailType }
  );
}

type EnvelopeInCatalog = Envelope & { readonly catalog: string };

function parseListed(raw: JsonObject): Listed {
  const listed = at(raw, 'detail', 'listed');
  return {
    lastModifiedAt: parseInstant(at(listed, 'lastModifiedAt')),
    unreadable: textAt(listed, 'unreadable'),
    status: textAt(listed, 'status'),
    presumed: at(listed, 'presumed') === true || undefined,
    drift: at(listed, 'drift') === true,
  };
}

function parseOpportunityEvent(
  raw: JsonObject,
  { catalog, ...envelope }: EnvelopeInCatalog,
  detailType: string,
): OpportunityEvent | undefined {
  const known = detailTypes.opportunity.find((each) => each === detailType);
  if (!known) return undefined;
  const path = ['detail', 'opportunity', 'identifier'];
  const id = requireText(raw, path, 'O and 1 to 19 digits', isOpportunityId);
  return { ...envelope, key: { catalog, kind: 'opportunity', id }, detailType: known };
}

export function isOpportunityId(text: unknown): text is string {
  return typeof text === 'string' && /^O[0-9]{1,19}$/.test(text);
}

export function isInvitationId(text: unknown): text is string {
  return typeof text === 'string' && /^engi-[0-9a-z]{13}$/.test(text);
}

export function isEngagementId(text: unknown): text is string {
  // The model says 14 characters, but documented events have 13 as well. Partner Central refuses
  // invalid ids itself.
  return typeof text === 'string' && /^eng-[0-9a-z]{1,64}$/.test(text);
}

function parseInvitationEvent(
  raw: JsonObject,
  { catalog, ...envelope }: EnvelopeInCatalog,
  detailType: string,
): InvitationEvent | undefined {
  const known = detailTypes['engagement-invitation'].find((each) => each === detailType);
  if (!known) return undefined;
  const path = ['detail', 'engagementInvitation'];
  const id = requireText(raw, [...path, 'id'], 'engi- and 13 letters or digits', isInvitationId);
  return {
    ...envelope,
    key: { catalog, kind: 'engagement-invitation', id },
    detailType: known,
    known: toInvitationMembers(raw, path, catalog),
  };
}

/**
 * Event member -> member of GetEngagementInvitation. All optional: documented and recorded events
 * differ in them.
 */
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

function toInvitationMembers(raw: JsonObject, path: readonly string[], catalog: string): JsonObject {
  const members = Object.entries(invitationMembers).flatMap(([from, to]) => {
    // A member that is not a text is left out: the parked event or the read still has it.
    if (typeof at(raw, ...path, from) !== 'string') return [];
    const text = requireText(
      raw,
      [...path, from],
      'a value, not a placeholder',
      (value) => from === 'senderCompanyName' || !isPlaceholder(value),
    );
    return [[to, to === 'ParticipantType' ? text.toUpperCase() : text]];
  });
  return { Catalog: catalog, ...Object.fromEntries(members) };
}

/**
 * A snapshot event names the engagement in its own object, member events as `id`, other events as
 * `engagementId`.
 */
const engagementIdPaths = [
  ['detail', 'resourceSnapshot', 'engagementId'],
  ['detail', 'engagement', 'engagementId'],
  ['detail', 'engagement', 'id'],
] as const;

function parseEngagementEvent(
  raw: JsonObject,
  { catalog, ...envelope }: EnvelopeInCatalog,
  detailType: string,
): EngagementEvent | undefined {
  const known = detailTypes.engagement.find((each) => each === detailType);
  if (!known) return undefined;
  const isSnapshot = known === 'Engagement Resource Snapshot Created';
  const path =
    engagementIdPaths.find((each) => at(raw, ...each) !== undefined) ?? engagementIdPaths[isSnapshot ? 0 : 1];
  const id = requireText(raw, path, 'eng- and letters or digits', isEngagementId);
  return {
    ...envelope,
    key: { catalog, kind: 'engagement', id },
    detailType: known,
    ...(isSnapshot && { snapshotOf: parseSnapshot(raw) }),
  };
}

/**
 * Returns undefined for a snapshot of anything but an opportunity: such an event is about the
 * engagement alone.
 */
function parseSnapshot(raw: JsonObject): EngagementEvent['snapshotOf'] {
  const snapshot = at(raw, 'detail', 'resourceSnapshot');
  const opportunityId = at(snapshot, 'resourceId');
  if (at(snapshot, 'resourceType') !== 'Opportunity' || !isOpportunityId(opportunityId)) return undefined;
  const createdBy = at(snapshot, 'createdBy');
  return { opportunityId, isOwn: createdBy !== undefined && createdBy === at(raw, 'account') };
}

/** Whether events of this detail-type come from `reconcile` and not from AWS. */
export function isReconciled(detailType: string): boolean {
  return Object.values<string>(reconciledDetailTypes).includes(detailType);
}
