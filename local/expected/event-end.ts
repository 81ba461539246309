import { at, isJsonObject, type Json, type JsonObject, textAt } from '../../lambdas/core/json.ts';
import type { RecordKey } from '../../lambdas/core/record.ts';
import { hydratedDetailTypes } from '../run.ts';

/**
 * What an event says about its own end: no rule takes it, it must be parked, or it is about a
 * record.
 */
export type StatedEnd =
  | { readonly kind: 'ignored'; readonly reason: string }
  | { readonly kind: 'parked'; readonly code: 'event.malformed' | 'event.unhandled' }
  | { readonly kind: 'record'; readonly key: RecordKey };

const source = 'aws.partnercentral-selling';
export const catalogs: readonly string[] = ['AWS', 'Sandbox'];

/**
 * Reads from an event what must become of it. The rules are written again here, from the
 * documentation of AWS, because a check must not take its expectation from the code under test.
 */
export function statedEndOf(event: JsonObject): StatedEnd {
  if (at(event, 'source') !== source)
    return { kind: 'ignored', reason: `no rule takes the source ${JSON.stringify(at(event, 'source'))}` };
  const catalog = at(event, 'detail', 'catalog');
  const detailType = at(event, 'detail-type');
  const isEnvelope =
    isDateTime(at(event, 'time')) && isText(catalog, /^[a-z]+$/i) && isText(detailType, /^[^]+$/);
  if (!isEnvelope) return malformed;
  if (!hydratedDetailTypes.has(detailType)) return unhandled;
  const id = idOf(event, detailType);
  if (!id) return malformed;
  return catalogs.includes(catalog) ? { kind: 'record', key: { catalog, ...id } } : unhandled;
}

const malformed = { kind: 'parked', code: 'event.malformed' } as const;
const unhandled = { kind: 'parked', code: 'event.unhandled' } as const;

function isText(value: Json | undefined, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}

function isDateTime(value: Json | undefined): boolean {
  if (!isText(value, /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/)) return false;
  const [day, time] = [Date.parse(value.slice(0, 10)), Date.parse(value)];
  // Date.parse accepts 30 February.
  return !Number.isNaN(day + time) && new Date(day).toISOString().startsWith(value.slice(0, 10));
}

function idOf(event: JsonObject, detailType: string): Omit<RecordKey, 'catalog'> | undefined {
  if (detailType.startsWith('Opportunity ')) {
    const id = at(event, 'detail', 'opportunity', 'identifier');
    return isText(id, /^O[0-9]{1,19}$/) ? { kind: 'opportunity', id } : undefined;
  }
  if (detailType.startsWith('Engagement Invitation ')) {
    const invitation = at(event, 'detail', 'engagementInvitation');
    const id = at(invitation, 'id');
    if (!isText(id, /^engi-[0-9a-z]{13}$/) || hasPlaceholder(invitation)) return undefined;
    return { kind: 'engagement-invitation', id };
  }
  const id = engagementIdPaths.map((path) => at(event, 'detail', ...path)).find((each) => each !== undefined);
  return isText(id, /^eng-[0-9a-z]{1,64}$/) ? { kind: 'engagement', id } : undefined;
}

/** Engagement events have the id at one of three places. */
const engagementIdPaths = [
  ['resourceSnapshot', 'engagementId'],
  ['engagement', 'engagementId'],
  ['engagement', 'id'],
] as const;

/** Members of an invitation that are stored if the invitation can no longer be read. */
const storedMembers: readonly string[] = [
  'arn',
  'engagementId',
  'payloadType',
  'senderAccountId',
  'expirationDate',
  'participantType',
];

/** Documentation prints these instead of data. */
const placeholder = /^(string|enum|`?<.*>`?)$/i;

function hasPlaceholder(invitation: Json | undefined): boolean {
  if (!isJsonObject(invitation)) return false;
  return storedMembers.some((name) => isText(at(invitation, name), placeholder));
}

/** The opportunity of this account that an event reports a snapshot of. */
export function ownSnapshotOf(event: JsonObject): string | undefined {
  const snapshot = at(event, 'detail', 'resourceSnapshot');
  const createdBy = at(snapshot, 'createdBy');
  const isOwn = createdBy !== undefined && createdBy === at(event, 'account');
  const id = textAt(snapshot, 'resourceId');
  if (textAt(event, 'detail-type') !== 'Engagement Resource Snapshot Created') return undefined;
  return isOwn && at(snapshot, 'resourceType') === 'Opportunity' && isText(id, /^O[0-9]{1,19}$/)
    ? id
    : undefined;
}
