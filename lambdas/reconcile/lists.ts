import { isPlaceholder } from '../core/event-members.ts';
import { isTimestampUnreadable, lastModifiedAtOf, timestampTextOf } from '../core/freshness.ts';
import { type Instant, parseInstant } from '../core/instant.ts';
import { type JsonObject, textAt } from '../core/json.ts';
import { isEngagementId, isInvitationId, isOpportunityId } from '../core/partner-event.ts';
import type { ListName } from '../core/pass.ts';
import { type Finding, listedInvitationMembers } from '../core/reconciled-event.ts';
import type { RecordKind } from '../core/record.ts';
import type { Page, ParticipantType, PartnerCentral } from '../ports/partner-central.ts';

/** The parts of a list item that `reconcile` uses. */
export interface ListedItem {
  readonly id: string;
  /** When AWS last changed the record. Undefined if the list has no valid timestamp. */
  readonly lastModifiedAt?: Instant | undefined;
  readonly createdAt?: Instant | undefined;
  /** AWS's timestamp as text, also one that cannot be read. Undefined for invitations. */
  readonly timestamp?: string | undefined;
  /** Whether AWS's timestamp is there, but is not a valid date-time. */
  readonly isTimestampUnreadable?: boolean | undefined;
  /** Only for invitations. */
  readonly status?: string | undefined;
  /** Only for invitations: used if the invitation can no longer be read. */
  readonly known?: JsonObject | undefined;
}

/** How to read one list of Partner Central and its items. */
export interface PartnerList {
  readonly kind: Finding['kind'];
  /** @param from only records changed since then; ignored by all lists but opportunities. */
  readonly read: (
    partnerCentral: PartnerCentral,
    catalog: string,
    from: Instant | undefined,
    nextToken: string | undefined,
  ) => Promise<Page>;
  /** Returns undefined if the item has no valid id. */
  readonly item: (item: JsonObject) => ListedItem | undefined;
}

export const lists: Readonly<Record<ListName, PartnerList>> = {
  opportunities: {
    kind: 'opportunity',
    read: (partnerCentral, catalog, from, nextToken) =>
      partnerCentral.listOpportunities(catalog, from, nextToken),
    item: (item) => {
      const { Id: id = null, CreatedDate = null } = item;
      if (!isOpportunityId(id)) return undefined;
      return { id, ...timestampsOf('opportunity', item), createdAt: parseInstant(CreatedDate) };
    },
  },
  'sent-invitations': invitationList('SENDER'),
  'received-invitations': invitationList('RECEIVER'),
  engagements: {
    kind: 'engagement',
    read: (partnerCentral, catalog, _from, nextToken) => partnerCentral.listEngagements(catalog, nextToken),
    item: (item) => {
      const { Id: id = null, CreatedAt = null } = item;
      if (!isEngagementId(id)) return undefined;
      return { id, ...timestampsOf('engagement', item), createdAt: parseInstant(CreatedAt) };
    },
  },
};

/** Items of lists have the timestamps of the records that they are about. */
function timestampsOf(kind: RecordKind, item: JsonObject) {
  return {
    lastModifiedAt: lastModifiedAtOf(kind, item),
    timestamp: timestampTextOf(kind, item),
    isTimestampUnreadable: isTimestampUnreadable(kind, item),
  };
}

function invitationList(role: ParticipantType): PartnerList {
  return {
    kind: 'engagement-invitation',
    read: (partnerCentral, catalog, _from, nextToken) =>
      partnerCentral.listEngagementInvitations(catalog, role, nextToken),
    item: (item) => {
      const { Id: id = null, InvitationDate = null } = item;
      if (!isInvitationId(id)) return undefined;
      const createdAt = parseInstant(InvitationDate);
      const known = { participantType: role, ...knownMembers(item) };
      return { id, createdAt, status: textAt(item, 'Status'), known };
    },
  };
}

function knownMembers(item: JsonObject): JsonObject {
  const members = Object.entries(listedInvitationMembers).flatMap(([from, to]) => {
    const value = textAt(item, from);
    // An event that contains a placeholder is rejected as a whole.
    return value === undefined || isPlaceholder(value) ? [] : [[to, value] as const];
  });
  return Object.fromEntries(members);
}
