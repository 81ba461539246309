import {
  GetAwsOpportunitySummaryCommand,
  GetEngagementCommand,
  GetEngagementInvitationCommand,
  GetOpportunityCommand,
  ListEngagementByAcceptingInvitationTasksCommand,
  ListEngagementFromOpportunityTasksCommand,
  ListEngagementInvitationsCommand,
  ListEngagementMembersCommand,
  ListEngagementsCommand,
  ListOpportunitiesCommand,
  ListOpportunityFromEngagementTasksCommand,
  ListSolutionsCommand,
} from '@aws-sdk/client-partnercentral-selling';
import { epochMsOf } from '../core/instant.ts';
import { at, isJsonArray, isJsonObject, type JsonObject, omitNulls, textAt } from '../core/json.ts';
import type { Page, PartnerCentral } from '../ports/partner-central.ts';
import { sellingApiClient } from './selling-api-client.ts';
import { type SellingApiRead, sellingApiReader } from './selling-api-reads.ts';
import type { SellingApiOptions } from './send-selling-command.ts';

/** Maximum page size of every list except members. */
const MaxResults = 100;
const mostMembers = 10;

/** The Selling API through the SDK. */
export function sellingApiPartnerCentral(options: SellingApiOptions): PartnerCentral {
  return partnerCentralOver(sellingApiReader(sellingApiClient(), options));
}

/** Makes the requests of the port, and its answers from the bodies. */
export function partnerCentralOver(read: SellingApiRead): PartnerCentral {
  return {
    getOpportunity: (Catalog, Identifier) =>
      read('GetOpportunity', omitNulls, new GetOpportunityCommand({ Catalog, Identifier })),
    getAwsOpportunitySummary: (Catalog, RelatedOpportunityIdentifier) =>
      read(
        'GetAwsOpportunitySummary',
        omitNulls,
        new GetAwsOpportunitySummaryCommand({ Catalog, RelatedOpportunityIdentifier }),
      ),
    getEngagementInvitation: (Catalog, Identifier) =>
      read('GetEngagementInvitation', omitNulls, new GetEngagementInvitationCommand({ Catalog, Identifier })),
    getEngagement: (Catalog, Identifier) =>
      read('GetEngagement', omitNulls, new GetEngagementCommand({ Catalog, Identifier })),
    listEngagementMembers: (Catalog, Identifier, NextToken) => {
      const input = { Catalog, Identifier, NextToken, MaxResults: mostMembers };
      return read(
        'ListEngagementMembers',
        pageOf('EngagementMemberList'),
        new ListEngagementMembersCommand(input),
      );
    },
    listAcceptanceTasks: (Catalog, invitationId, NextToken) => {
      const input = { Catalog, EngagementInvitationIdentifier: [invitationId], NextToken, MaxResults };
      return read(
        'ListEngagementByAcceptingInvitationTasks',
        pageOf('TaskSummaries'),
        new ListEngagementByAcceptingInvitationTasksCommand(input),
      );
    },
    listConversionTasks: (Catalog, engagementId, NextToken) => {
      const input = { Catalog, EngagementIdentifier: [engagementId], NextToken, MaxResults };
      return read(
        'ListOpportunityFromEngagementTasks',
        pageOf('TaskSummaries'),
        new ListOpportunityFromEngagementTasksCommand(input),
      );
    },
    listSubmissionTasks: (Catalog, opportunityId, NextToken) => {
      const input = { Catalog, OpportunityIdentifier: [opportunityId], NextToken, MaxResults };
      return read(
        'ListEngagementFromOpportunityTasks',
        pageOf('TaskSummaries'),
        new ListEngagementFromOpportunityTasksCommand(input),
      );
    },
    listSolutions: (Catalog, NextToken) =>
      read(
        'ListSolutions',
        pageOf('SolutionSummaries'),
        new ListSolutionsCommand({ Catalog, NextToken, MaxResults }),
      ),
    listOpportunities: (Catalog, modifiedFrom, NextToken) => {
      const LastModifiedDate = modifiedFrom && { AfterLastModifiedDate: new Date(epochMsOf(modifiedFrom)) };
      const Sort = { SortBy: 'LastModifiedDate', SortOrder: 'ASCENDING' } as const;
      const input = { Catalog, LastModifiedDate, Sort, NextToken, MaxResults };
      return read('ListOpportunities', pageOf('OpportunitySummaries'), new ListOpportunitiesCommand(input));
    },
    listCreatedOpportunities: (Catalog, createdFrom, NextToken) => {
      const CreatedDate = { AfterCreatedDate: new Date(epochMsOf(createdFrom)) };
      const Sort = { SortBy: 'CreatedDate', SortOrder: 'ASCENDING' } as const;
      const input = { Catalog, CreatedDate, Sort, NextToken, MaxResults };
      return read('ListOpportunities', pageOf('OpportunitySummaries'), new ListOpportunitiesCommand(input));
    },
    listEngagementInvitations: (Catalog, ParticipantType, NextToken) => {
      const Sort = { SortBy: 'InvitationDate', SortOrder: 'ASCENDING' } as const;
      const input = { Catalog, ParticipantType, Sort, NextToken, MaxResults };
      return read(
        'ListEngagementInvitations',
        pageOf('EngagementInvitationSummaries'),
        new ListEngagementInvitationsCommand(input),
      );
    },
    listEngagements: (Catalog, NextToken) => {
      const Sort = { SortBy: 'CreatedDate', SortOrder: 'ASCENDING' } as const;
      const input = { Catalog, Sort, NextToken, MaxResults };
      return read('ListEngagements', pageOf('EngagementSummaryList'), new ListEngagementsCommand(input));
    },
  };
}

/**
 * The service prints an empty list as null. Optional lists may be absent.
 * @throws SyntaxError if the answer lacks a list that the model requires.
 */
function pageOf(member: string): (body: JsonObject) => Page {
  return (body) => {
    const printed = at(body, member);
    const found = printed === undefined && optionalLists.has(member) ? null : printed;
    if (found !== null && !isJsonArray(found)) throw new SyntaxError(`the answer has no ${member}`);
    return {
      items: (found ?? []).filter(isJsonObject).map(omitNulls),
      nextToken: textAt(body, 'NextToken'),
    };
  };
}

const optionalLists: ReadonlySet<string> = new Set(['TaskSummaries', 'EngagementInvitationSummaries']);
