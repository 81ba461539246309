import { isPlaceholder } from '../core/event-members.ts';
import { type Instant, parseInstant } from '../core/instant.ts';
import { type JsonObject, textAt } from '../core/json.ts';
import { isEngagementId, isInvitationId, isOpportunityId } from '../core/partner-event.ts';
import type { ListName } from '../core/pass.ts';
import { type Finding, listedInvitationMembers } from '../core/reconciled-event.ts';
import type { Page, ParticipantType, PartnerCentral } from '../ports/partner-central.ts';

/** What is used of an item of a list. */
export interface ListedItem {
  readonly id: string;
  /** AWS's stamp of the last change, where the list has one that is a date. */
  readonly lastModifiedAt?: Instant | undefined;
  readonly createdAt?: Instant | undefined;
  /** Of an invitation. */
  readonly status?: string | undefined;
  readonly known?: JsonObject | undefined;
}

/** A list of Partner Central's: how to read it, and what to read off its items. */
export interface PartnerList {
  readonly kind: Finding['kind'];
  /** @param from changed since then; only opportunities can be asked for so. */
  readonly read: (
    partnerCentral: PartnerCentral,
    catalog: string,
    from: Instant | undefined,
    nextToken: string | undefined,
  ) => Promise<Page>;
  /** Undefined where the item names no record. */
  readonly item: (item: JsonObject) => ListedItem | undefined;
}

export const lists: Readonly<Record<ListName, PartnerList>> = {
  opportunities: {
    kind: 'opportunity',
    read: (partnerCentral, catalog, from, nextToken) =>
      partnerCentral.listOpportunities(catalog, from, nextToken),
    item: ({ Id: id = null, LastModifiedDate = null, CreatedDate = null }) =>
      isOpportunityId(id)
        ? { id, lastModifiedAt: parseInstant(LastModifiedDate), createdAt: parseInstant(CreatedDate) }
        : undefined,
  },
  'sent-invitations': invitations('SENDER'),
  'received-invitations': invitations('RECEIVER'),
  engagements: {
    kind: 'engagement',
    read: (partnerCentral, catalog, _from, nextToken) => partnerCentral.listEngagements(catalog, nextToken),
    item: ({ Id: id = null, ModifiedAt = null, CreatedAt = null }) => {
      const createdAt = parseInstant(CreatedAt);
      const lastModifiedAt = parseInstant(ModifiedAt) ?? createdAt;
      return isEngagementId(id) ? { id, lastModifiedAt, createdAt } : undefined;
    },
  },
};

function invitations(role: ParticipantType): PartnerList {
  return {
    kind: 'engagement-invitation',
    read: (partnerCentral, catalog, _from, nextToken) =>
      partnerCentral.listEngagementInvitations(catalog, role, nextToken),
    item: (item) => {
      const { Id: id = null, InvitationDate = null } = item;
      if (!isInvitationId(id)) return undefined;
      const createdAt = parseInstant(InvitationDate);
      const known = { participantType: role, ...knownOf(item) };
      return { id, createdAt, status: textAt(item, 'Status'), known };
    },
  };
}

function knownOf(item: JsonObject): JsonObject {
  const members = Object.entries(listedInvitationMembers).flatMap(([from, to]) => {
    const value = textAt(item, from);
    // An event that carries one is refused, and with it all that it tells.
    return value === undefined || isPlaceholder(value) ? [] : [[to, value] as const];
  });
  return Object.fromEntries(members);
}
