import {
  ListEngagementInvitationsCommand,
  type ListEngagementInvitationsCommandInput,
  ListEngagementsCommand,
  ListOpportunitiesCommand,
  type ListOpportunitiesCommandInput,
  ListSolutionsCommand,
  type PartnerCentralSellingClient,
} from '@aws-sdk/client-partnercentral-selling';
import { describe, expect } from 'vitest';
import { at, isJsonArray, type JsonObject, textAt } from '../../../lambdas/core/json.ts';
import { it as base, bodyOf, type RunningSimulator, rawCall } from './simulator-under-test.ts';

type Listing = Partial<ListOpportunitiesCommandInput>;

const oldestFirst = { SortBy: 'LastModifiedDate', SortOrder: 'ASCENDING' } as const;

function opportunities(request: Listing = {}) {
  return new ListOpportunitiesCommand({ Catalog: 'AWS', Sort: oldestFirst, ...request });
}

function invitations(request: Partial<ListEngagementInvitationsCommandInput> = {}) {
  return new ListEngagementInvitationsCommand({ Catalog: 'AWS', ParticipantType: 'RECEIVER', ...request });
}

async function idsOf(client: PartnerCentralSellingClient, request: Listing = {}): Promise<string[]> {
  const { OpportunitySummaries = [] } = await client.send(opportunities(request));
  return OpportunitySummaries.map(({ Id }) => Id ?? '');
}

function inOrder(ids: readonly string[]): string[] {
  return ids.toSorted((a, b) => (a < b ? -1 : 1));
}

/** Reads all pages. @returns the ids of each page */
async function pagesOf(
  client: PartnerCentralSellingClient,
  request: Listing = {},
  between: (page: number) => void = () => undefined,
) {
  const pages: string[][] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(opportunities({ ...request, NextToken }));
    pages.push((page.OpportunitySummaries ?? []).map(({ Id }) => Id ?? ''));
    NextToken = page.NextToken;
    between(pages.length);
  } while (NextToken !== undefined);
  return pages;
}

interface Fixtures {
  /** Creates opportunities, by default a second apart. @returns their ids, the oldest first */
  readonly createOpportunities: (count: number, intervalMs?: number) => readonly string[];
}

const it = base.extend<Fixtures>({
  createOpportunities: async ({ partner, clock }, use) => {
    await use((count, intervalMs = 1000) =>
      Array.from({ length: count }, () => {
        const id = partner.createOpportunity('AWS');
        clock.nowMs += intervalMs;
        return id;
      }),
    );
  },
});

describe('ListOpportunities', () => {
  it('returns summaries without title and contacts, with an ARN for some and other amounts', async ({
    partner,
    simulator,
    createOpportunities,
  }) => {
    const ids = createOpportunities(6);
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

  it('returns the latest first by default, in pages of twenty', async ({ client, createOpportunities }) => {
    const ids = createOpportunities(21);
    expect(await idsOf(client, { Sort: undefined })).toEqual(ids.toReversed().slice(0, 20));
    expect(await idsOf(client)).toEqual(ids.slice(0, 20));
    expect(await idsOf(client, { MaxResults: 100 })).toEqual(ids);
  });

  it.for(['Identifier', 'CustomerCompanyName', 'CreatedDate', 'TargetCloseDate'] as const)(
    'sorts opportunities by %s',
    async (SortBy, { client, createOpportunities }) => {
      const ids = createOpportunities(7);
      const listed = await idsOf(client, { Sort: { SortBy, SortOrder: 'DESCENDING' } });
      expect(inOrder(listed)).toEqual(inOrder(ids));
      const ascending = await idsOf(client, { Sort: { SortBy, SortOrder: 'ASCENDING' } });
      expect(ascending).toEqual(listed.toReversed());
      if (SortBy === 'Identifier') expect(ascending).toEqual(inOrder(ids));
    },
  );

  it.for([
    ['in ascending order', oldestFirst],
    ['in descending order', { ...oldestFirst, SortOrder: 'DESCENDING' }],
  ] as const)(
    'skips and repeats no unmodified item %s, even with equal timestamps',
    async ([_how, Sort], { client, createOpportunities }) => {
      const ids = createOpportunities(23, 0);
      const pages = await pagesOf(client, { MaxResults: 5, Sort });
      expect(pages.map((page) => page.length)).toEqual([5, 5, 5, 5, 3]);
      expect(inOrder(pages.flat())).toEqual(inOrder(ids));
    },
  );

  it('skips no unmodified item while others change, and repeats modified ones', async ({
    partner,
    client,
    clock,
    createOpportunities,
  }) => {
    const ids = createOpportunities(12);
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

  it('includes the lower bound of LastModifiedDate and excludes the upper bound', async ({
    partner,
    client,
    createOpportunities,
  }) => {
    const ids = createOpportunities(4);
    const modifiedAt = (index: number) =>
      new Date(textAt(bodyOf(partner, `AWS/opportunity/${ids[index]}`), 'LastModifiedDate') ?? '');
    const from = (AfterLastModifiedDate: Date, BeforeLastModifiedDate?: Date) =>
      idsOf(client, { LastModifiedDate: { AfterLastModifiedDate, BeforeLastModifiedDate } });
    expect(await from(modifiedAt(1))).toEqual(ids.slice(1));
    expect(await from(new Date(modifiedAt(1).getTime() + 1))).toEqual(ids.slice(2));
    expect(await from(modifiedAt(1), modifiedAt(3))).toEqual(ids.slice(1, 3));
    expect(await from(new Date('2036-01-01T00:00:00Z'))).toEqual([]);
  });

  it('filters by ids, stage and review status within the catalog', async ({
    partner,
    client,
    createOpportunities,
  }) => {
    const ids = createOpportunities(4);
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

  it('filters by customer, day of creation and target close date', async ({
    partner,
    client,
    createOpportunities,
  }) => {
    const [first = '', second = '', third = ''] = createOpportunities(3, 86_400_000);
    partner.updateOpportunity(second, {
      patch: {
        Customer: { Account: { CompanyName: '例 "株式会社" <&>' } },
        LifeCycle: { TargetCloseDate: '2031-05-01' },
      },
    });
    expect(await idsOf(client, { CustomerCompanyName: ['例 "株式会社" <&>'] })).toEqual([second]);
    const { body: newest } = partner.view().find('AWS', 'opportunity', third) ?? {};
    const AfterCreatedDate = new Date(textAt(newest, 'CreatedDate') ?? '');
    expect(await idsOf(client, { CreatedDate: { AfterCreatedDate } })).toEqual([third]);
    const BeforeCreatedDate = AfterCreatedDate;
    const before = await idsOf(client, { CreatedDate: { BeforeCreatedDate } });
    expect(inOrder(before)).toEqual(inOrder([first, second]));
    expect(await idsOf(client, { TargetCloseDate: { AfterTargetCloseDate: '2031-05-01' } })).toEqual([
      second,
    ]);
    const BeforeTargetCloseDate = '2031-05-01';
    const sooner = await idsOf(client, { TargetCloseDate: { BeforeTargetCloseDate } });
    expect(inOrder(sooner)).toEqual(inOrder([first, third]));
  });

  it.for<[request: object, FieldName: string, Code: string]>([
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
    [
      { CustomerCompanyName: Array.from({ length: 11 }, () => 'A') },
      'CustomerCompanyName',
      'TOO_MANY_VALUES',
    ],
    [
      { TargetCloseDate: { AfterTargetCloseDate: 'soon' } },
      'TargetCloseDate.AfterTargetCloseDate',
      'INVALID_STRING_FORMAT',
    ],
    [{ Weather: ['sunny'] }, 'Weather', 'INVALID_VALUE'],
  ])('refuses the request members %o', async ([request, FieldName, Code], { simulator }) => {
    const body = JSON.stringify({ Catalog: 'AWS', ...request });
    const { status, text } = await rawCall(simulator.url, 'ListOpportunities', body);
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({
      __type: expect.stringContaining('ValidationException'),
      ErrorList: [{ FieldName, Code }],
    });
  });
});

/** Three opportunities, and the token after the first page of one. */
const itWithToken = it.extend<{
  readonly listing: { ids: readonly string[]; NextToken: string | undefined };
}>({
  listing: async ({ client, createOpportunities }, use) => {
    const ids = createOpportunities(3);
    const { NextToken } = await client.send(opportunities({ MaxResults: 1 }));
    expect(NextToken).toMatch(/^[A-Za-z0-9+/]+=*$/);
    await use({ ids, NextToken });
  },
});

describe('NextToken', () => {
  const refused = {
    name: 'ValidationException',
    Reason: 'REQUEST_VALIDATION_FAILED',
    ErrorList: [{ FieldName: 'NextToken' }],
  };

  itWithToken('accepts another page size', async ({ client, listing }) => {
    const { ids, NextToken } = listing;
    expect(await idsOf(client, { NextToken, MaxResults: 2 })).toEqual(ids.slice(1));
  });

  itWithToken('is refused if it is unknown or of another request', async ({ client, listing }) => {
    const { NextToken } = listing;
    const forged = Buffer.from('{"generation":0}').toString('base64');
    for (const token of ['UNKNOWN-TOKEN', forged, `${NextToken}x`.slice(5)])
      await expect(client.send(opportunities({ NextToken: token }))).rejects.toMatchObject(refused);
    const LastModifiedDate = { AfterLastModifiedDate: new Date('2026-01-01T00:00:00Z') };
    for (const change of [{ LastModifiedDate }, { Catalog: 'Sandbox' }, { Sort: undefined }])
      await expect(client.send(opportunities({ NextToken, ...change }))).rejects.toMatchObject(refused);
    await expect(client.send(invitations({ NextToken }))).rejects.toMatchObject(refused);
  });

  itWithToken(
    'is refused after tokens have expired, and later tokens are accepted',
    async ({ client, simulator, listing }) => {
      const { ids, NextToken } = listing;
      simulator.expireTokens();
      await expect(client.send(opportunities({ NextToken }))).rejects.toMatchObject(refused);
      expect((await pagesOf(client, { MaxResults: 1 })).flat()).toEqual(ids);
    },
  );
});

function createInvitations({ partner, clock, client }: RunningSimulator) {
  const ids = (['OpportunityInvitation', 'LeadInvitation', 'OpportunityInvitation'] as const).map((type) => {
    clock.nowMs += 1000;
    return partner.createInvitation('AWS', type);
  });
  const [accepted = '', , rejected = ''] = ids;
  partner.acceptInvitation(accepted);
  partner.rejectInvitation(rejected);
  const sent = partner.submitForCosell(partner.createOpportunity('AWS'));
  const listed = async (request: Partial<ListEngagementInvitationsCommandInput> = {}) => {
    const Sort = { SortBy: 'InvitationDate', SortOrder: 'ASCENDING' } as const;
    const { EngagementInvitationSummaries = [] } = await client.send(invitations({ Sort, ...request }));
    return EngagementInvitationSummaries;
  };
  return { ids, sent, listed };
}

describe('ListEngagementInvitations', () => {
  it('lists the invitations of each role, including rejected ones', async ({ running, partner }) => {
    const { ids, sent, listed } = createInvitations(running);
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

  it('filters by status, type and engagement, and returns pages', async ({ running, client }) => {
    const { ids, listed } = createInvitations(running);
    const idsFor = async (request: Partial<ListEngagementInvitationsCommandInput>) =>
      (await listed(request)).map(({ Id }) => Id);
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

  it('refuses a request without ParticipantType', async ({ client }) => {
    await expect(client.send(invitations({ ParticipantType: undefined }))).rejects.toMatchObject({
      ErrorList: [{ FieldName: 'ParticipantType', Code: 'REQUIRED_FIELD_MISSING' }],
    });
  });
});

it('ListEngagements sorts by creation date and returns pages', async ({ partner, client, clock }) => {
  const ids = Array.from({ length: 5 }, () => {
    clock.nowMs += 1000;
    return partner.createEngagement('AWS');
  });
  partner.createEngagement('Sandbox');
  const Sort = { SortBy: 'CreatedDate', SortOrder: 'ASCENDING' } as const;
  const request = { Catalog: 'AWS', MaxResults: 3, Sort };
  const first = await client.send(new ListEngagementsCommand(request));
  const second = await client.send(new ListEngagementsCommand({ ...request, NextToken: first.NextToken }));
  const both = [first, second].flatMap((page) => page.EngagementSummaryList ?? []);
  expect(both.map(({ Id }) => Id)).toEqual(ids);
  expect(both[0]?.CreatedAt).toEqual(expect.any(Date));
  expect(second.NextToken).toBeUndefined();
});

describe('ListSolutions', () => {
  it('returns the solutions of the catalog, in pages and by id, one without a category', async ({
    client,
  }) => {
    const Sort = { SortBy: 'Identifier', SortOrder: 'ASCENDING' } as const;
    const { SolutionSummaries: all = [] } = await client.send(
      new ListSolutionsCommand({ Catalog: 'Sandbox', Sort }),
    );
    expect(all[0]).toMatchObject({ Id: 'S-1234567', Status: 'Active', CreatedDate: expect.any(Date) });
    expect(all.filter(({ Category }) => Category === undefined)).toHaveLength(1);
    const request = { Catalog: 'Sandbox', Sort, MaxResults: 3 };
    const first = await client.send(new ListSolutionsCommand(request));
    const second = await client.send(new ListSolutionsCommand({ ...request, NextToken: first.NextToken }));
    expect([...(first.SolutionSummaries ?? []), ...(second.SolutionSummaries ?? [])]).toEqual(all);
    const Identifier = ['S-3456789', 'S-404'];
    const some = await client.send(new ListSolutionsCommand({ Catalog: 'Sandbox', Identifier }));
    expect(some.SolutionSummaries?.map(({ Id }) => Id)).toEqual(['S-3456789']);
  });

  it('knows all solutions in opportunities, which have up to two', async ({ partner, client }) => {
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

it('alterAnswers replaces list items by items without ids and dates', async ({
  simulator,
  client,
  createOpportunities,
}) => {
  createOpportunities(2);
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
