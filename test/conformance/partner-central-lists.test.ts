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
  /** What holds the items in the answer. */
  readonly member: string;
  readonly read: (api: PartnerCentral, nextToken?: string) => Promise<Page>;
  /** The request, but for Catalog and NextToken. */
  readonly asks: JsonObject;
  /** What the fake lists it under. */
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
  test('asks in the wire protocol of the service', async () => {
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

  test('answers the items as they came, nulls left out, and where the next page begins', async () => {
    const items = [{ Id: '1', New: { Member: null, Kept: [null] } }, 'no item', null, { Id: null }, []];
    const api = await withServer(answering(200, JSON.stringify({ [member]: items, NextToken: 'abc' })));
    expect(await read(api)).toEqual({ items: [{ Id: '1', New: { Kept: [null] } }, {}], nextToken: 'abc' });
  });

  test.each([{}, { NextToken: null }, { NextToken: '' }])('ends with %j', async (end) => {
    const api = await withServer(answering(200, JSON.stringify({ [member]: [], ...end })));
    expect(await read(api)).toEqual({ items: [], nextToken: undefined });
  });

  test('is empty where the list is null, as the service prints what is not there', async () => {
    const api = await withServer(answering(200, JSON.stringify({ [member]: null })));
    expect((await read(api)).items).toEqual([]);
  });

  // The model requires some lists and not others.
  const optional = ['TaskSummaries', 'EngagementInvitationSummaries'].includes(member);

  test(`${optional ? 'is empty' : 'is unavailable'} where the answer has no list`, async () => {
    const api = await withServer(answering(200, '{"Other":[]}'));
    if (optional) expect((await read(api)).items).toEqual([]);
    else await expect(read(api)).rejects.toMatchObject({ code: 'partner-central.unavailable' });
  });

  test.each([{ [member]: 'none' }, { [member]: {} }])(
    'is unavailable where the answer is %j',
    async (body) => {
      const api = await withServer(answering(200, JSON.stringify({ NextToken: 'abc', ...body })));
      await expect(read(api)).rejects.toMatchObject({
        code: 'partner-central.unavailable',
        details: { operation },
        retry: { kind: 'later' },
      });
    },
  );

  test('refuses a token that the service did not give, on the fake as on the service', async () => {
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

  test('on the fake is what was scripted, page by page', async () => {
    const fake = scriptedPartnerCentral();
    expect(await read(fake)).toEqual({ items: [], nextToken: undefined });
    fake.list(operation, { catalog: 'AWS', ...(id !== undefined && { id }) }, [{ Id: '1' }], [{ Id: '2' }]);
    const first = await read(fake);
    expect(first.items).toEqual([{ Id: '1' }]);
    expect(await read(fake, first.nextToken)).toEqual({ items: [{ Id: '2' }], nextToken: undefined });
    expect(fake.countReads(operation)).toBe(3);
  });
});

/** Every page, with their ids in order. */
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
  test('opportunities come oldest first over several pages, from an instant on, that instant included', async () => {
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

  test('invitations come by role, engagements with their members, tasks by invitation, solutions with their names', async () => {
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
