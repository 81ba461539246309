import { type Instant, parseInstant } from './instant.ts';
import { at, isJsonObject, type Json, type JsonObject } from './json.ts';
import { never, ServiceError, shown } from './service-error.ts';

/** `source` of every Selling API event. */
export const partnerCentralSource = 'aws.partnercentral-selling';

export const opportunityDetailTypes = ['Opportunity Created', 'Opportunity Updated'] as const;
export const invitationDetailTypes = [
  'Engagement Invitation Created',
  'Engagement Invitation Accepted',
  'Engagement Invitation Rejected',
  'Engagement Invitation Expired',
] as const;

export type OpportunityDetailType = (typeof opportunityDetailTypes)[number];
export type InvitationDetailType = (typeof invitationDetailTypes)[number];

/** What every event says of itself. */
interface Envelope {
  /** EventBridge's id. Two events of one change carry two ids: it tells redeliveries apart, not changes. */
  readonly eventId: string;
  readonly catalog: string;
  /** One-second resolution: the change happened within the second that begins here. */
  readonly time: Instant;
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

/** A detail-type that nothing here reads. What catalogs a stack takes is for its rules to say. */
export interface UnhandledEvent extends Envelope {
  readonly kind: 'unhandled';
  readonly detailType: string;
}

export type PartnerEvent = OpportunityEvent | InvitationEvent | UnhandledEvent;

/**
 * Reads an EventBridge event as AWS really sends it: unknown members, `version`, `schemaVersion` and values outside
 * the documented enums pass; what identifies the record must be there.
 * @throws ServiceError `event.malformed` naming the path, the value and what is allowed.
 */
export function parsePartnerEvent(raw: Json): PartnerEvent {
  if (!isJsonObject(raw)) throw malformed('', 'an EventBridge event (a JSON object)', raw);
  text(raw, ['source'], partnerCentralSource, (value) => value === partnerCentralSource);
  const envelope = {
    eventId: text(raw, ['id'], 'the event id', (value) => value !== ''),
    time: instant(raw, ['time']),
    catalog: text(raw, ['detail', 'catalog'], 'a catalog such as AWS or Sandbox', (value) =>
      /^[a-zA-Z]+$/.test(value),
    ),
  };
  const detailType = text(raw, ['detail-type'], 'a detail-type', (value) => value !== '');
  return (
    opportunityEvent(raw, envelope, detailType) ??
    invitationEvent(raw, envelope, detailType) ?? { kind: 'unhandled', ...envelope, detailType }
  );
}

function opportunityEvent(
  raw: JsonObject,
  envelope: Envelope,
  detailType: string,
): OpportunityEvent | undefined {
  const known = opportunityDetailTypes.find((each) => each === detailType);
  if (!known) return undefined;
  const opportunityId = text(raw, ['detail', 'opportunity', 'identifier'], 'O and 1 to 19 digits', (value) =>
    /^O[0-9]{1,19}$/.test(value),
  );
  return { kind: 'opportunity', ...envelope, detailType: known, opportunityId };
}

function invitationEvent(
  raw: JsonObject,
  envelope: Envelope,
  detailType: string,
): InvitationEvent | undefined {
  const known = invitationDetailTypes.find((each) => each === detailType);
  if (!known) return undefined;
  const path = ['detail', 'engagementInvitation'];
  const invitationId = text(raw, [...path, 'id'], 'engi- and 13 letters or digits', (value) =>
    /^engi-[0-9a-z]{13}$/.test(value),
  );
  return {
    kind: 'engagement-invitation',
    ...envelope,
    detailType: known,
    invitationId,
    known: knownMembers(raw, path, envelope.catalog),
  };
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

/** Values printed in the documentation instead of data. An event that carries one was never sent by AWS. */
const placeholder = /^(string|enum|`?<.*>`?)$/i;

function knownMembers(raw: JsonObject, path: readonly string[], catalog: string): JsonObject {
  const members = Object.entries(invitationMembers).flatMap(([from, to]) => {
    const value = at(raw, ...path, from);
    // Of these only what can be used counts; the parked event, or the read, keeps the rest.
    if (typeof value !== 'string') return [];
    const read = text(
      raw,
      [...path, from],
      'a value, not a placeholder',
      (each) => from === 'senderCompanyName' || !placeholder.test(each),
    );
    return [[to, to === 'ParticipantType' ? read.toUpperCase() : read]];
  });
  return { Catalog: catalog, ...Object.fromEntries(members) };
}

function text(
  raw: JsonObject,
  path: readonly string[],
  expected: string,
  allowed: (value: string) => boolean,
): string {
  const value = at(raw, ...path);
  if (typeof value !== 'string' || !allowed(value)) throw malformed(`/${path.join('/')}`, expected, value);
  return value;
}

function instant(raw: JsonObject, path: readonly string[]): Instant {
  const value = at(raw, ...path);
  const parsed = parseInstant(value);
  if (!parsed) throw malformed(`/${path.join('/')}`, 'an ISO-8601 date-time', value);
  return parsed;
}

function malformed(
  path: string,
  expected: string,
  actual: Json | undefined,
): ServiceError<'event.malformed'> {
  return new ServiceError('event.malformed', { path, expected, actual: shown(actual) }, { retry: never });
}

/** What a queue says to an event that is not for it. */
export function unhandled({ detailType, catalog }: PartnerEvent): ServiceError<'event.unhandled'> {
  return new ServiceError('event.unhandled', { detailType, catalog }, { retry: never });
}
