import {
  GetAwsOpportunitySummaryResponse$,
  GetEngagementInvitationResponse$,
  GetEngagementResponse$,
  GetOpportunityResponse$,
  ListEngagementMembersResponse$,
} from '@aws-sdk/client-partnercentral-selling';
// The schemas as the SDK reads them.
import { NormalizedSchema } from '@smithy/core/schema';
import { describe, expect, it } from 'vitest';
import { personalData } from '../../../lambdas/core/personal-data.ts';
import type { PartnerRecordKind } from '../../../lambdas/core/record.ts';
import recorded from '../../drift/known-api.json' with { type: 'json' };
import { membersThatGo } from '../../drift/members.ts';

interface Leaf {
  /** JSON Pointer, `*` for the elements of a list and the values of a map. */
  readonly path: string;
  readonly isSensitive: boolean;
}

/** Lists the leaf members of a response. A member inside a sensitive member is sensitive. */
function leavesOf(schema: NormalizedSchema, path = '', inSensitive = false): Leaf[] {
  const isSensitive = inSensitive || schema.getMergedTraits().sensitive === 1;
  if (schema.isListSchema() || schema.isMapSchema())
    return leavesOf(schema.getValueSchema(), `${path}/*`, isSensitive);
  if (!schema.isStructSchema()) return [{ path, isSensitive }];
  return [...schema.structIterator()].flatMap(([name, member]) =>
    leavesOf(member, `${path}/${name}`, isSensitive),
  );
}

const members = leavesOf(NormalizedSchema.of(ListEngagementMembersResponse$)).filter(({ path }) =>
  path.startsWith('/EngagementMemberList/'),
);

/**
 * For each kind: its responses, the number of sensitive members in the model, and the members
 * listed besides.
 */
const kinds: readonly {
  readonly kind: PartnerRecordKind;
  readonly leaves: readonly Leaf[];
  readonly sensitive: number;
  readonly besides: readonly string[];
}[] = [
  {
    kind: 'opportunity',
    leaves: leavesOf(NormalizedSchema.of(GetOpportunityResponse$)),
    sensitive: 26,
    besides: [
      '/Customer/Account/OtherIndustry',
      '/PartnerOpportunityIdentifier',
      '/LifeCycle/NextStepsHistory/*/Value',
      '/LifeCycle/ReviewComments',
      '/LifeCycle/ReviewStatusReason',
      '/Marketing/CampaignName',
      '/Project/AdditionalComments',
      '/Project/CustomerUseCase',
      '/Project/ExpectedCustomerSpend/*/EstimationUrl',
      '/Project/OtherCompetitorNames',
      '/SoftwareRevenue/Value/Amount',
    ],
  },
  {
    kind: 'aws-opportunity-summary',
    leaves: [
      ...leavesOf(NormalizedSchema.of(GetAwsOpportunitySummaryResponse$)),
      // The npm client does not have it yet; the newest Python SDK does.
      { path: '/CosellMotionReason', isSensitive: false },
    ],
    sensitive: 30,
    besides: [
      '/CosellMotionReason',
      ...['AWS', 'Partner'].flatMap((side) =>
        [
          'AwsProducts/*/Categories/*',
          'AwsProducts/*/Optimizations/*/Description',
          'AwsProducts/*/ProductCode',
          'AwsProducts/*/ServiceCode',
          'Frequency',
        ].map((member) => `/Insights/AwsProductsSpendInsightsBySource/${side}/${member}`),
      ),
      '/Insights/NextBestActions',
      '/Insights/Recommendations/*/Attributes/*',
      '/Insights/Recommendations/*/Details',
      '/Insights/Recommendations/*/Type',
      '/LifeCycle/NextStepsHistory/*/Value',
      '/OpportunityTeam/*/BusinessTitle',
      '/Project/ExpectedCustomerSpend/*/EstimationUrl',
      '/SoftwareRevenue/Discount',
      '/SoftwareRevenue/Value/Amount',
    ],
  },
  {
    kind: 'engagement-invitation',
    leaves: leavesOf(NormalizedSchema.of(GetEngagementInvitationResponse$)),
    sensitive: 21,
    besides: [
      '/EngagementDescription',
      '/EngagementTitle',
      '/EnrichmentContext/ProspectingResultAws/Customer/AccountName',
      '/EnrichmentContext/ProspectingResultAws/Customer/PublicProfileSummary',
      '/ExistingMembers/*/WebsiteUrl',
      '/Payload/LeadInvitation/Interaction/SourceName',
      '/Payload/OpportunityInvitation/Project/ExpectedCustomerSpend/*/EstimationUrl',
      '/Payload/OpportunityInvitation/Project/Title',
      '/SenderCompanyName',
    ],
  },
  {
    kind: 'engagement',
    leaves: [...leavesOf(NormalizedSchema.of(GetEngagementResponse$)), ...members],
    sensitive: 18,
    besides: [
      '/Contexts/*/Payload/CustomerProject/Project/Title',
      '/Contexts/*/Payload/Lead/Customer/Address/City',
      '/Contexts/*/Payload/Lead/Customer/Address/PostalCode',
      '/Contexts/*/Payload/Lead/Customer/Address/StateOrRegion',
      '/Contexts/*/Payload/Lead/Interactions/*/SourceName',
      '/Contexts/*/Payload/ProspectingResult/Aws/Customer/AccountName',
      '/Contexts/*/Payload/ProspectingResult/Aws/Customer/PublicProfileSummary',
      '/Contexts/*/Payload/ProspectingResult/Aws/TaskName',
      '/Description',
      '/EngagementMemberList/*/WebsiteUrl',
      '/Title',
    ],
  },
];

function leavesThatGo(leaves: readonly Leaf[], pointers: readonly string[]): readonly Leaf[] {
  const gone = new Set(membersThatGo(pathsOf(leaves), pointers));
  return leaves.filter(({ path }) => gone.has(path));
}

const pathsOf = (some: readonly Leaf[]) => some.map(({ path }) => path);

describe.each(kinds)('personalData of $kind', ({ kind, leaves, sensitive, besides }) => {
  const gone = leavesThatGo(leaves, personalData[kind]);

  it('lists every member that the API model calls sensitive', () => {
    const marked = leaves.filter(({ isSensitive }) => isSensitive);
    // The number in the current model: it proves that the search finds members at all.
    expect(marked.length).toBeGreaterThanOrEqual(sensitive);
    expect(pathsOf(marked.filter((leaf) => !gone.includes(leaf)))).toEqual([]);
  });

  it('lists, besides those, only the known free texts, names and amounts', () => {
    expect(pathsOf(gone.filter(({ isSensitive }) => !isSensitive)).toSorted()).toEqual(besides.toSorted());
  });

  it('lists no pointer without a matching member', () => {
    const idle = personalData[kind].filter((pointer) => leavesThatGo(leaves, [pointer]).length === 0);
    expect(idle).toEqual([]);
  });
});

describe('personalData, against the recorded model of the newest Python SDK', () => {
  it.each(kinds)('lists every sensitive member of $kind, also if the npm client lags behind', ({ kind }) => {
    const sensitive: readonly string[] = recorded.sensitive[kind];
    expect(sensitive.length).toBeGreaterThan(18);
    const gone = membersThatGo(sensitive, personalData[kind]);
    expect(sensitive.filter((path) => !gone.includes(path))).toEqual([]);
  });
});

it('personalData omits ids, statuses and dates', () => {
  const staying = ['/Id', '/Catalog', '/Arn', '/Status', '/LifeCycle/Stage', '/LifeCycle/TargetCloseDate'];
  for (const { kind, leaves } of kinds) {
    const gone = pathsOf(leavesThatGo(leaves, personalData[kind]));
    expect(gone.filter((path) => staying.includes(path))).toEqual([]);
  }
});
