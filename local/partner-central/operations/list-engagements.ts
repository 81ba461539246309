import * as v from 'valibot';
import { membersIn } from '../model/engagement-body.ts';
import { engagementItem, invitationItem } from './list-items.ts';
import { matchesFilter, sortKeyOf } from './list-order.ts';
import { type Operation, readRecord } from './operation.ts';
import { atMost, catalog, engagementId, paged, parseRequest } from './requests.ts';

const invitationsRequest = v.strictObject({
  Catalog: catalog,
  ParticipantType: v.picklist(['SENDER', 'RECEIVER']),
  ...paged(100, ['InvitationDate']),
  PayloadType: atMost(10, v.string()),
  Status: atMost(10, v.picklist(['ACCEPTED', 'PENDING', 'REJECTED', 'EXPIRED'])),
  EngagementIdentifier: atMost(10, engagementId),
  SenderAwsAccountId: atMost(10, v.string()),
});

export const listEngagementInvitations: Operation = ({ view, tokens }, input) => {
  const request = parseRequest(invitationsRequest, input);
  const { ParticipantType: role } = request;
  const rows = view
    .all(request.Catalog, 'engagement-invitation')
    .map(({ body }) => body)
    .filter((body) => (body['SenderAwsAccountId'] === view.accountId) === (role === 'SENDER'))
    .filter((body) => matchesFilter(request.PayloadType, body['PayloadType']))
    .filter((body) => matchesFilter(request.Status, body['Status']))
    .filter((body) => matchesFilter(request.EngagementIdentifier, body['EngagementId']))
    .filter((body) => matchesFilter(request.SenderAwsAccountId, body['SenderAwsAccountId']))
    .map((body) => ({ sortKey: sortKeyOf(body, 'InvitationDate'), item: () => invitationItem(body, role) }));
  const query = { operation: 'ListEngagementInvitations', input };
  return tokens.page(query, request, rows);
};

const engagementsRequest = v.strictObject({
  Catalog: catalog,
  ...paged(100, ['CreatedDate']),
  EngagementIdentifier: atMost(10, engagementId),
});

/** Lists the engagements that have the partner as a member. */
export const listEngagements: Operation = ({ view, tokens }, input) => {
  const request = parseRequest(engagementsRequest, input);
  const rows = view
    .all(request.Catalog, 'engagement')
    .filter(({ inaccessible }) => !inaccessible)
    .filter(({ id }) => matchesFilter(request.EngagementIdentifier, id))
    .map(({ body }) => ({ sortKey: sortKeyOf(body, 'CreatedAt'), item: () => engagementItem(body) }));
  const query = { operation: 'ListEngagements', input };
  return tokens.page(query, request, rows);
};

const { Sort: _sort, ...membersPage } = paged(10, ['Joined']);
const membersRequest = v.strictObject({ Catalog: catalog, Identifier: engagementId, ...membersPage });

/** Lists members in the order in which they joined. */
export const listEngagementMembers: Operation = ({ view, tokens }, input) => {
  const request = parseRequest(membersRequest, input);
  const { body } = readRecord(view, request.Catalog, 'engagement', request.Identifier);
  const rows = membersIn(body).map((member, index) => ({
    sortKey: [index, ''] as const,
    item: () => member,
  }));
  const asked = { ...request, Sort: { SortOrder: 'ASCENDING' } } as const;
  const query = { operation: 'ListEngagementMembers', input };
  return tokens.page(query, asked, rows, 10);
};
