import { describe, expect, test } from 'vitest';
import { type Instant, parseInstant } from '../../lambdas/core/instant.ts';
import { type JsonObject, textAt } from '../../lambdas/core/json.ts';
import { never } from '../../lambdas/core/service-error.ts';
import type { Page, PartnerCentral } from '../../lambdas/ports/partner-central.ts';
import { type ListOperation, scriptedPartnerCentral } from '../fakes/scripted-partner-central.ts';
import { answering, usePartnerCentral } from './partner-central-under-test.ts';

const { withServer, withSimulator } = usePartnerCentral();
const engagementId = 'eng-abcdefgh123456';
const invitationId = 'engi-abcdefgh12345';
const from: Instant = '2026-03-01T09:30:00.123Z';

interface List {
  readonly operation: ListOperation;
  /** The member of the answer that holds the items. */
  readonly member: string;
  readonly read: (api: PartnerCentral, nextToken?: string) => Promise<Page>;
  /** The request without Catalog and NextToken. */
  readonly asks: JsonObject;
  /** The id in the script of the fake. */
  readonly id?: string;
}

const ascending = (SortBy: string) => ({ Sort: { SortBy, SortOrder: 'ASCENDING' } });

const lists: readonly List[] = [
  {
    operation: 'ListEngagementMembers',
    member: 'EngagementMemberList',
    read: (api, token) => api.listEngagementMembers('AWS', engagementId, token),
    asks: { Identifier: engagementId, MaxResults: 10 },
    id: engagementId,
  },
  {
    operation: 'ListEngagementByAcceptingInvitationTasks',
    member: 'TaskSummaries',
    read: (api, token) => api.listAcceptanceTasks('AWS', invitationId, token),
    asks: { EngagementInvitationIdentifier: [invitationId], MaxResults: 100 },
    id: invitationId,
  },
  {
    operation: 'ListSolutions',
    member: 'SolutionSummaries',
    read: (api, token) => api.listSolutions('AWS', token),
    asks: { MaxResults: 100 },
  },
  {
    operation: 'ListOpportunities',
    member: 'OpportunitySummaries',
    read: (api, token) => api.listOpportunities('AWS', from, token),
    asks: {
      LastModifiedDate: { AfterLastModifiedDate: from },
      ...ascending('LastModifiedDate'),
      MaxResults: 100,
    },
    id: from,
  },
  {
    operation: 'ListOpportunities',
    member: 'OpportunitySummaries',
    read: (api, token) => api.listOpportunities('AWS', undefined, token),
    asks: { ...ascending('LastModifiedDate'), MaxResults: 100 },
  },
  {
    operation: 'ListEngagementInvitations',
    member: 'EngagementInvitationSummaries',
    read: (api, token) => api.listEngagementInvitations('AWS', 'SENDER', token),
    asks: { ParticipantType: 'SENDER', ...ascending('InvitationDate'), MaxResults: 100 },
    id: 'SENDER',
  },
  {
    operation: 'ListEngagements',
    member: 'EngagementSummaryList',
    read: (api, token) => api.listEngagements('AWS', token),
    asks: { ...ascending('CreatedDate'), MaxResults: 100 },
  },
];

describe.each(lists)('$operation $asks', ({ operation, member, read, asks, id }) => {
  test('sends a request in the wire protocol of the service', async () => {
    const asked: unknown[] = [];
    const api = await withServer((request, response, sent) => {
      asked.push([request.headers['x-amz-target'], JSON.parse(sent)]);
      answering(200, JSON.stringify({ [member]: [] }))(request, response, sent);
    });
    await read(api);
    await read(api, 'token');
    const target = `AWSPartnerCentralSelling.${operation}`;
    expect(asked).toEqual([
      [target, { Catalog: 'AWS', ...asks }],
      [target, { Catalog: 'AWS', ...asks, NextToken: 'token' }],
    ]);
  });

  test('returns the raw items without nulls, and the next token', async () => {
    const items = [{ Id: '1', New: { Member: null, Kept: [null] } }, 'no item', null, { Id: null }, []];
    const api = await withServer(answering(200, JSON.stringify({ [member]: items, NextToken: 'abc' })));
    expect(await read(api)).toEqual({ items: [{ Id: '1', New: { Kept: [null] } }, {}], nextToken: 'abc' });
  });

  test.each([{}, { NextToken: null }, { NextToken: '' }])('is the last page with %j', async (end) => {
    const api = await withServer(answering(200, JSON.stringify({ [member]: [], ...end })));
    expect(await read(api)).toEqual({ items: [], nextToken: undefined });
  });

  test('returns no items if the list is null', async () => {
    const api = await withServer(answering(200, JSON.stringify({ [member]: null })));
    expect((await read(api)).items).toEqual([]);
  });

  // The model requires some of the lists.
  const optional = ['TaskSummaries', 'EngagementInvitationSummaries'].includes(member);

  test(`${optional ? 'returns no items' : 'throws unavailable'} if the answer has no list`, async () => {
    const api = await withServer(answering(200, '{"Other":[]}'));
    if (optional) expect((await read(api)).items).toEqual([]);
    else await expect(read(api)).rejects.toMatchObject({ code: 'partner-central.unavailable' });
  });

  test.each([{ [member]: 'none' }, { [member]: {} }])(
    'throws unavailable for the answer %j',
    async (body) => {
      const api = await withServer(answering(200, JSON.stringify({ NextToken: 'abc', ...body })));
      await expect(read(api)).rejects.toMatchObject({
        code: 'partner-central.unavailable',
        details: { operation },
        retry: { kind: 'later' },
      });
    },
  );

  test('refuses an unknown token, on the fake as on the service', async () => {
    const { api, partner } = await withSimulator();
    const made = partner.createEngagement('AWS');
    const invalid = { code: 'partner-central.invalid', retry: never };
    const onTheService =
      operation === 'ListEngagementMembers'
        ? api.listEngagementMembers('AWS', made, 'made-up')
        : read(api, 'made-up');
    await expect(onTheService).rejects.toMatchObject(invalid);
    await expect(read(scriptedPartnerCentral(), 'made-up')).rejects.toMatchObject(invalid);
  });

  test('returns the scripted pages on the fake', async () => {
    const fake = scriptedPartnerCentral();
    expect(await read(fake)).toEqual({ items: [], nextToken: undefined });
    fake.list(operation, { catalog: 'AWS', ...(id !== undefined && { id }) }, [{ Id: '1' }], [{ Id: '2' }]);
    const first = await read(fake);
    expect(first.items).toEqual([{ Id: '1' }]);
    expect(await read(fake, first.nextToken)).toEqual({ items: [{ Id: '2' }], nextToken: undefined });
    expect(fake.countReads(operation)).toBe(3);
  });
});

/** Reads all pages and returns the ids of their items. */
async function idsOf(read: (nextToken?: string) => Promise<Page>): Promise<string[]> {
  const ids: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await read(nextToken);
    ids.push(...page.items.map((item) => textAt(item, 'Id') ?? 'no id'));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return ids;
}

describe('against the simulator', () => {
  test('lists opportunities oldest first over several pages, from a timestamp on, inclusive', async () => {
    const { partner, api } = await withSimulator();
    const ids = Array.from({ length: 120 }, () => partner.createOpportunity('AWS'));
    const [, second = '', third = ''] = ids;
    partner.updateOpportunity(third);
    partner.updateOpportunity(second);
    partner.updateOpportunity(second);
    const modifiedAt = textAt(await api.getOpportunity('AWS', third), 'LastModifiedDate') ?? '';
    const all = await idsOf((token) => api.listOpportunities('AWS', undefined, token));
    expect(all.toSorted()).toEqual(ids.toSorted());
    expect(all.slice(-2)).toEqual([third, second]);
    const bound = parseInstant(modifiedAt);
    expect(bound).toBeDefined();
    const since = await idsOf((token) => api.listOpportunities('AWS', bound, token));
    expect(since).toEqual([third, second]);
  });

  test('lists invitations by role, members of engagements, tasks by invitation, and solutions', async () => {
    const { partner, api } = await withSimulator();
    const received = partner.createInvitation('AWS', 'OpportunityInvitation');
    const sent = partner.submitForCosell(partner.createOpportunity('AWS'));
    const own = partner.createEngagement('AWS');
    partner.addMember(own);
    const opportunityId = partner.acceptInvitation(received);
    const invitations = (role: 'SENDER' | 'RECEIVER') =>
      idsOf((token) => api.listEngagementInvitations('AWS', role, token));
    expect(await invitations('RECEIVER')).toEqual([received]);
    expect(await invitations('SENDER')).toEqual([sent]);
    expect(await idsOf((token) => api.listEngagements('AWS', token))).toContain(own);
    expect((await api.listEngagementMembers('AWS', own)).items).toHaveLength(2);
    expect((await api.listAcceptanceTasks('AWS', received)).items).toMatchObject([
      { EngagementInvitationId: received, OpportunityId: opportunityId, TaskStatus: 'COMPLETE' },
    ]);
    const solutions = await api.listSolutions('AWS');
    expect(solutions.items.length).toBeGreaterThan(0);
    expect(solutions.items.every((item) => textAt(item, 'Name') !== undefined)).toBe(true);
  });
});
