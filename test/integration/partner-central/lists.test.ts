import {
  ListEngagementInvitationsCommand,
  type ListEngagementInvitationsCommandInput,
  ListEngagementsCommand,
  ListOpportunitiesCommand,
  type ListOpportunitiesCommandInput,
  ListSolutionsCommand,
  type PartnerCentralSellingClient,
} from '@aws-sdk/client-partnercentral-selling';
import { describe, expect, test } from 'vitest';
import { at, isJsonArray, type JsonObject, textAt } from '../../../lambdas/core/json.ts';
import { bodyOf, rawCall, running } from './simulator-under-test.ts';

type Listing = Partial<ListOpportunitiesCommandInput>;

const oldestFirst = { SortBy: 'LastModifiedDate', SortOrder: 'ASCENDING' } as const;

function opportunities(asked: Listing = {}) {
  return new ListOpportunitiesCommand({ Catalog: 'AWS', Sort: oldestFirst, ...asked });
}

function invitations(asked: Partial<ListEngagementInvitationsCommandInput> = {}) {
  return new ListEngagementInvitationsCommand({ Catalog: 'AWS', ParticipantType: 'RECEIVER', ...asked });
}

async function idsOf(client: PartnerCentralSellingClient, asked: Listing = {}): Promise<string[]> {
  const { OpportunitySummaries = [] } = await client.send(opportunities(asked));
  return OpportunitySummaries.map(({ Id }) => Id ?? '');
}

function inOrder(ids: readonly string[]): string[] {
  return ids.toSorted((a, b) => (a < b ? -1 : 1));
}

/** All pages, a list of ids each. */
async function pagesOf(
  client: PartnerCentralSellingClient,
  asked: Listing = {},
  between: (page: number) => void = () => undefined,
) {
  const pages: string[][] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(opportunities({ ...asked, NextToken }));
    pages.push((page.OpportunitySummaries ?? []).map(({ Id }) => Id ?? ''));
    NextToken = page.NextToken;
    between(pages.length);
  } while (NextToken !== undefined);
  return pages;
}

/** A simulator with so many opportunities, a second apart, the oldest first. */
async function withOpportunities(count: number, apartMs = 1000) {
  const world = await running();
  const ids = Array.from({ length: count }, () => {
    const id = world.partner.createOpportunity('AWS');
    world.clock.nowMs += apartMs;
    return id;
  });
  return { ...world, ids };
}

describe('ListOpportunities', () => {
  test('answers summaries: no title, no contacts, an ARN for some, amounts printed otherwise', async () => {
    const { partner, simulator, ids } = await withOpportunities(6);
    const { text } = await rawCall(simulator.url, 'ListOpportunities', '{"Catalog":"AWS"}');
    const listed: JsonObject = JSON.parse(text);
    const summaries = listed['OpportunitySummaries'];
    const items = isJsonArray(summaries) ? summaries : [];
    expect(items).toHaveLength(6);
    expect(listed['NextToken']).toBeNull();
    expect(new Set(items.map((item) => at(item, 'Arn') === null))).toEqual(new Set([true, false]));
    const [newest] = items;
    const body = bodyOf(partner, `AWS/opportunity/${ids[5]}`);
    expect(newest).toMatchObject({
      Id: ids[5],
      Catalog: 'AWS',
      CreatedDate: body['CreatedDate'],
      LastModifiedDate: body['LastModifiedDate'],
      Customer: { Account: { CompanyName: at(body, 'Customer', 'Account', 'CompanyName') } },
      LifeCycle: { Stage: 'Prospect', ReviewStatus: 'Pending Submission' },
    });
    const names = (...path: string[]) => Object.keys(Object(at(newest, ...path)));
    expect(names('Project')).toEqual(['DeliveryModels', 'ExpectedCustomerSpend']);
    expect(names('LifeCycle')).not.toContain('NextStepsHistory');
    expect(names('Customer')).toEqual(['Account']);
    expect(text).toMatch(/"Amount":"\d+\.0"/);
  });

  test('has the latest first unless asked otherwise, and twenty to a page', async () => {
    const { client, ids } = await withOpportunities(21);
    expect(await idsOf(client, { Sort: undefined })).toEqual(ids.toReversed().slice(0, 20));
    expect(await idsOf(client)).toEqual(ids.slice(0, 20));
    expect(await idsOf(client, { MaxResults: 100 })).toEqual(ids);
  });

  test.each(['Identifier', 'CustomerCompanyName', 'CreatedDate', 'TargetCloseDate'] as const)(
    'can be sorted by %s',
    async (SortBy) => {
      const { client, ids } = await withOpportunities(7);
      const listed = await idsOf(client, { Sort: { SortBy, SortOrder: 'DESCENDING' } });
      expect(inOrder(listed)).toEqual(inOrder(ids));
      const ascending = await idsOf(client, { Sort: { SortBy, SortOrder: 'ASCENDING' } });
      expect(ascending).toEqual(listed.toReversed());
      if (SortBy === 'Identifier') expect(ascending).toEqual(inOrder(ids));
    },
  );

  test.each([
    ['in ascending order', oldestFirst],
    ['in descending order', { ...oldestFirst, SortOrder: 'DESCENDING' }],
  ] as const)(
    'neither skips nor repeats in a still world %s, not even within one stamp',
    async (_how, Sort) => {
      const { client, ids } = await withOpportunities(23, 0);
      const pages = await pagesOf(client, { MaxResults: 5, Sort });
      expect(pages.map((page) => page.length)).toEqual([5, 5, 5, 5, 3]);
      expect(inOrder(pages.flat())).toEqual(inOrder(ids));
    },
  );

  test('in a moving world leaves out nothing that stood still; what moved comes again', async () => {
    const { partner, client, clock, ids } = await withOpportunities(12);
    const moved = [ids[0] ?? '', ids[7] ?? ''];
    const pages = await pagesOf(client, { MaxResults: 4 }, (page) => {
      clock.nowMs += 1000;
      if (page === 1) for (const id of moved) partner.updateOpportunity(id);
    });
    const listed = pages.flat();
    expect(new Set(listed)).toEqual(new Set(ids));
    expect(listed).toHaveLength(13);
    expect(listed.slice(-2)).toEqual(moved);
  });

  test('takes the bound "after" inclusively, and "before" exclusively', async () => {
    const { partner, client, ids } = await withOpportunities(4);
    const stamp = (index: number) =>
      new Date(textAt(bodyOf(partner, `AWS/opportunity/${ids[index]}`), 'LastModifiedDate') ?? '');
    const from = (AfterLastModifiedDate: Date, BeforeLastModifiedDate?: Date) =>
      idsOf(client, { LastModifiedDate: { AfterLastModifiedDate, BeforeLastModifiedDate } });
    expect(await from(stamp(1))).toEqual(ids.slice(1));
    expect(await from(new Date(stamp(1).getTime() + 1))).toEqual(ids.slice(2));
    expect(await from(stamp(1), stamp(3))).toEqual(ids.slice(1, 3));
    expect(await from(new Date('2036-01-01T00:00:00Z'))).toEqual([]);
  });

  test('filters by ids, stage and review status, within the catalog', async () => {
    const { partner, client, ids } = await withOpportunities(4);
    const elsewhere = partner.createOpportunity('Sandbox');
    const [first = '', second = ''] = ids;
    partner.updateOpportunity(second, {
      patch: { LifeCycle: { Stage: 'Committed', ReviewStatus: 'Approved' } },
    });
    expect(await idsOf(client, { Identifier: [first, elsewhere] })).toEqual([first]);
    expect(await idsOf(client, { LifeCycleStage: ['Committed', 'Launched'] })).toEqual([second]);
    expect(await idsOf(client, { LifeCycleReviewStatus: ['Approved'] })).toEqual([second]);
    expect(await idsOf(client, { Catalog: 'Sandbox' })).toEqual([elsewhere]);
  });

  test.each([
    [{ MaxResults: 0 }, 'MaxResults', 'VALUE_OUT_OF_RANGE'],
    [{ MaxResults: 101 }, 'MaxResults', 'VALUE_OUT_OF_RANGE'],
    [{ Identifier: Array.from({ length: 21 }, () => 'O1') }, 'Identifier', 'TOO_MANY_VALUES'],
    [{ Identifier: ['17'] }, 'Identifier.0', 'INVALID_STRING_FORMAT'],
    [{ Sort: { SortBy: 'Weather', SortOrder: 'ASCENDING' } }, 'Sort.SortBy', 'INVALID_ENUM_VALUE'],
    [
      { LastModifiedDate: { AfterLastModifiedDate: 1_772_000_000 } },
      'LastModifiedDate.AfterLastModifiedDate',
      'INVALID_STRING_FORMAT',
    ],
    [{ CustomerCompanyName: ['Example Corp'] }, 'CustomerCompanyName', 'INVALID_VALUE'],
  ])('refuses %o', async (asked, FieldName, Code) => {
    const { simulator } = await running();
    const body = JSON.stringify({ Catalog: 'AWS', ...asked });
    const { status, text } = await rawCall(simulator.url, 'ListOpportunities', body);
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({
      __type: expect.stringContaining('ValidationException'),
      ErrorList: [{ FieldName, Code }],
    });
  });
});

async function withToken() {
  const world = await withOpportunities(3);
  const { NextToken } = await world.client.send(opportunities({ MaxResults: 1 }));
  expect(NextToken).toMatch(/^[A-Za-z0-9+/]+=*$/);
  return { ...world, NextToken };
}

describe('a NextToken', () => {
  const refused = {
    name: 'ValidationException',
    Reason: 'REQUEST_VALIDATION_FAILED',
    ErrorList: [{ FieldName: 'NextToken' }],
  };

  test('is good for pages of another size', async () => {
    const { client, ids, NextToken } = await withToken();
    expect(await idsOf(client, { NextToken, MaxResults: 2 })).toEqual(ids.slice(1));
  });

  test('is refused where it is unknown, or belongs to another request', async () => {
    const { client, NextToken } = await withToken();
    const forged = Buffer.from('{"generation":0}').toString('base64');
    for (const token of ['AAMA-EXAMPLE', forged, `${NextToken}x`.slice(5)])
      await expect(client.send(opportunities({ NextToken: token }))).rejects.toMatchObject(refused);
    const LastModifiedDate = { AfterLastModifiedDate: new Date('2026-01-01T00:00:00Z') };
    for (const asked of [{ LastModifiedDate }, { Catalog: 'Sandbox' }, { Sort: undefined }])
      await expect(client.send(opportunities({ NextToken, ...asked }))).rejects.toMatchObject(refused);
    await expect(client.send(invitations({ NextToken }))).rejects.toMatchObject(refused);
  });

  test('is refused once tokens have expired; later ones are good', async () => {
    const { client, simulator, ids, NextToken } = await withToken();
    simulator.expireTokens();
    await expect(client.send(opportunities({ NextToken }))).rejects.toMatchObject(refused);
    expect((await pagesOf(client, { MaxResults: 1 })).flat()).toEqual(ids);
  });
});

async function withInvitations() {
  const world = await running();
  const { partner, clock } = world;
  const ids = (['OpportunityInvitation', 'LeadInvitation', 'OpportunityInvitation'] as const).map((type) => {
    clock.nowMs += 1000;
    return partner.createInvitation('AWS', type);
  });
  const [accepted = '', , rejected = ''] = ids;
  partner.acceptInvitation(accepted);
  partner.rejectInvitation(rejected);
  const sent = partner.submitForCosell(partner.createOpportunity('AWS'));
  const listed = async (asked: Partial<ListEngagementInvitationsCommandInput> = {}) => {
    const Sort = { SortBy: 'InvitationDate', SortOrder: 'ASCENDING' } as const;
    const { EngagementInvitationSummaries = [] } = await world.client.send(invitations({ Sort, ...asked }));
    return EngagementInvitationSummaries;
  };
  return { ...world, ids, sent, listed };
}

describe('ListEngagementInvitations', () => {
  test('tells each role its own; a rejected one stays in the list', async () => {
    const { ids, sent, listed, partner } = await withInvitations();
    const received = await listed();
    expect(received.map(({ Id, Status }) => [Id, Status])).toEqual([
      [ids[0], 'ACCEPTED'],
      [ids[1], 'PENDING'],
      [ids[2], 'REJECTED'],
    ]);
    const body = bodyOf(partner, `AWS/engagement-invitation/${ids[0]}`);
    expect(received[0]).toEqual({
      Arn: body['Arn'],
      PayloadType: 'OpportunityInvitation',
      Id: ids[0],
      EngagementId: body['EngagementId'],
      EngagementTitle: body['EngagementTitle'],
      Status: 'ACCEPTED',
      InvitationDate: expect.any(Date),
      ExpirationDate: expect.any(Date),
      SenderAwsAccountId: 'aws',
      SenderCompanyName: 'AWS',
      Receiver: { Account: { Alias: 'Example Partner', AwsAccountId: '111122223333' } },
      Catalog: 'AWS',
      ParticipantType: 'RECEIVER',
    });
    expect(await listed({ ParticipantType: 'SENDER' })).toMatchObject([
      { Id: sent, ParticipantType: 'SENDER' },
    ]);
  });

  test('filters by status, type and engagement, and comes in pages', async () => {
    const { ids, listed, client } = await withInvitations();
    const idsFor = async (asked: Partial<ListEngagementInvitationsCommandInput>) =>
      (await listed(asked)).map(({ Id }) => Id);
    expect(await idsFor({ Status: ['PENDING', 'EXPIRED'] })).toEqual([ids[1]]);
    expect(await idsFor({ PayloadType: ['LeadInvitation'] })).toEqual([ids[1]]);
    const [{ EngagementId = '' } = {}] = await listed();
    const arn = `arn:aws:partnercentral:us-east-1::catalog/AWS/engagement/${EngagementId}`;
    expect(await idsFor({ EngagementIdentifier: [arn] })).toEqual([ids[0]]);
    const first = await client.send(invitations({ MaxResults: 2 }));
    const second = await client.send(invitations({ MaxResults: 2, NextToken: first.NextToken }));
    const both = [first, second].flatMap((page) => page.EngagementInvitationSummaries ?? []);
    expect(both.map(({ Id }) => Id)).toEqual(ids.toReversed());
  });

  test('wants to know the role', async () => {
    const { client } = await running();
    await expect(client.send(invitations({ ParticipantType: undefined }))).rejects.toMatchObject({
      ErrorList: [{ FieldName: 'ParticipantType', Code: 'REQUIRED_FIELD_MISSING' }],
    });
  });
});

test('ListEngagements comes by date of creation, in pages', async () => {
  const { partner, client, clock } = await running();
  const ids = Array.from({ length: 5 }, () => {
    clock.nowMs += 1000;
    return partner.createEngagement('AWS');
  });
  partner.createEngagement('Sandbox');
  const Sort = { SortBy: 'CreatedDate', SortOrder: 'ASCENDING' } as const;
  const asked = { Catalog: 'AWS', MaxResults: 3, Sort };
  const first = await client.send(new ListEngagementsCommand(asked));
  const second = await client.send(new ListEngagementsCommand({ ...asked, NextToken: first.NextToken }));
  const both = [first, second].flatMap((page) => page.EngagementSummaryList ?? []);
  expect(both.map(({ Id }) => Id)).toEqual(ids);
  expect(both[0]?.CreatedAt).toEqual(expect.any(Date));
  expect(second.NextToken).toBeUndefined();
});

describe('ListSolutions', () => {
  test('answers those of the catalog, one without a category, in pages and by id', async () => {
    const { client } = await running();
    const Sort = { SortBy: 'Identifier', SortOrder: 'ASCENDING' } as const;
    const { SolutionSummaries: all = [] } = await client.send(
      new ListSolutionsCommand({ Catalog: 'Sandbox', Sort }),
    );
    expect(all[0]).toMatchObject({ Id: 'S-1234567', Status: 'Active', CreatedDate: expect.any(Date) });
    expect(all.filter(({ Category }) => Category === undefined)).toHaveLength(1);
    const asked = { Catalog: 'Sandbox', Sort, MaxResults: 3 };
    const first = await client.send(new ListSolutionsCommand(asked));
    const second = await client.send(new ListSolutionsCommand({ ...asked, NextToken: first.NextToken }));
    expect([...(first.SolutionSummaries ?? []), ...(second.SolutionSummaries ?? [])]).toEqual(all);
    const Identifier = ['S-3456789', 'S-404'];
    const some = await client.send(new ListSolutionsCommand({ Catalog: 'Sandbox', Identifier }));
    expect(some.SolutionSummaries?.map(({ Id }) => Id)).toEqual(['S-3456789']);
  });

  test('knows whatever opportunities name: none, one or two', async () => {
    const { partner, client } = await running();
    const counts = new Set<number>();
    for (const catalog of ['AWS', 'Sandbox']) {
      const { SolutionSummaries = [] } = await client.send(new ListSolutionsCommand({ Catalog: catalog }));
      const known = new Set(SolutionSummaries.map(({ Id }) => Id));
      for (let count = 0; count < 20; count += 1) {
        const body = bodyOf(partner, `${catalog}/opportunity/${partner.createOpportunity(catalog)}`);
        const named = at(body, 'RelatedEntityIdentifiers', 'Solutions');
        const ids = isJsonArray(named) ? named.map(String) : [];
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.filter((id) => !known.has(id))).toEqual([]);
        counts.add(ids.length);
      }
    }
    expect(counts).toEqual(new Set([0, 1, 2]));
  });
});

test('an answer can be altered: items without ids or dates', async () => {
  const { simulator, client } = await withOpportunities(2);
  simulator.alterAnswers((operation, body) =>
    operation === 'ListOpportunities'
      ? { ...body, OpportunitySummaries: [{ Catalog: 'AWS' }, null, 7] }
      : body,
  );
  const { text } = await rawCall(simulator.url, 'ListOpportunities', '{"Catalog":"AWS"}');
  expect(text).toContain('"OpportunitySummaries":[{"Catalog":"AWS"},null,7]');
  simulator.alterAnswers(undefined);
  expect(await idsOf(client)).toHaveLength(2);
});
