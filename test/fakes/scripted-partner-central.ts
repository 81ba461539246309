import type { JsonObject } from '../../lambdas/core/json.ts';
import type { Page, PartnerCentral } from '../../lambdas/ports/partner-central.ts';
import { invalid, notFound } from '../builders/partner-central-failures.ts';
import { deepFreeze } from './deep-freeze.ts';

export type Operation =
  | 'GetOpportunity'
  | 'GetAwsOpportunitySummary'
  | 'GetEngagementInvitation'
  | 'GetEngagement';

export type ListOperation =
  | 'ListEngagementMembers'
  | 'ListEngagementByAcceptingInvitationTasks'
  | 'ListOpportunityFromEngagementTasks'
  | 'ListEngagementFromOpportunityTasks'
  | 'ListSolutions'
  | 'ListOpportunities'
  | 'ListEngagementInvitations'
  | 'ListEngagements';

/** A payload, a failure, or a function that returns one of them at the time of the read. */
export type Scripted = JsonObject | Error | (() => JsonObject | Error);

/** The items of a page, or a failure. */
export type ScriptedPage = readonly JsonObject[] | Error;

export interface Read {
  readonly operation: Operation | ListOperation;
  readonly catalog: string;
  /** The id; for a list the engagement, invitation, role or first timestamp, or an empty text. */
  readonly id: string;
  readonly nextToken?: string;
}

export interface ScriptedPartnerCentral extends PartnerCentral {
  /** Sets the answers to the next reads of a record, in order. The last one is repeated. */
  answer(operation: Operation, id: string, ...answers: readonly [Scripted, ...Scripted[]]): void;
  /**
   * Sets the pages of a list, for one engagement, invitation or role if `of.id` is given.
   * @default empty
   */
  list(
    operation: ListOperation,
    of: { catalog: string; id?: string },
    ...pages: readonly ScriptedPage[]
  ): void;
  /** Every read so far. */
  readonly reads: readonly Read[];
  countReads(operation: Operation | ListOperation, id?: string): number;
}

/** A Partner Central that answers by script. Without a script a record is not found. */
export function scriptedPartnerCentral(): ScriptedPartnerCentral {
  const scripts = new Map<string, Scripted[]>();
  const lists = new Map<string, readonly ScriptedPage[]>();
  const reads: Read[] = [];
  const read =
    (operation: Operation) =>
    async (catalog: string, id: string): Promise<JsonObject> => {
      reads.push({ operation, catalog, id });
      const script = scripts.get(`${operation} ${id}`) ?? [];
      const scripted = script.length > 1 ? script.shift() : script[0];
      const answer = typeof scripted === 'function' ? scripted() : (scripted ?? notFound(operation));
      if (answer instanceof Error) throw answer;
      return deepFreeze(answer);
    };
  const page = async (operation: ListOperation, catalog: string, id = '', nextToken?: string) => {
    reads.push({ operation, catalog, id, ...(nextToken !== undefined && { nextToken }) });
    const all = lists.get(`${operation} ${catalog} ${id}`) ?? lists.get(`${operation} ${catalog} `) ?? [[]];
    return pageOf(operation, all, nextToken);
  };
  return {
    reads,
    countReads: (operation, id) =>
      reads.filter((each) => each.operation === operation && (id === undefined || each.id === id)).length,
    answer(operation, id, ...answers) {
      scripts.set(`${operation} ${id}`, [...answers]);
    },
    list(operation, { catalog, id = '' }, ...pages) {
      lists.set(`${operation} ${catalog} ${id}`, pages);
    },
    getOpportunity: read('GetOpportunity'),
    getAwsOpportunitySummary: read('GetAwsOpportunitySummary'),
    getEngagementInvitation: read('GetEngagementInvitation'),
    getEngagement: read('GetEngagement'),
    listEngagementMembers: (catalog, id, token) => page('ListEngagementMembers', catalog, id, token),
    listAcceptanceTasks: (catalog, id, token) =>
      page('ListEngagementByAcceptingInvitationTasks', catalog, id, token),
    listConversionTasks: (catalog, id, token) =>
      page('ListOpportunityFromEngagementTasks', catalog, id, token),
    listSubmissionTasks: (catalog, id, token) =>
      page('ListEngagementFromOpportunityTasks', catalog, id, token),
    listCreatedOpportunities: (catalog, from, token) => page('ListOpportunities', catalog, from, token),
    listSolutions: (catalog, token) => page('ListSolutions', catalog, '', token),
    listOpportunities: (catalog, from, token) => page('ListOpportunities', catalog, from, token),
    listEngagementInvitations: (catalog, role, token) =>
      page('ListEngagementInvitations', catalog, role, token),
    listEngagements: (catalog, token) => page('ListEngagements', catalog, '', token),
  };
}

/** Tokens are `page-2`, `page-3`, …. Any other token is refused, as by the service. */
function pageOf(operation: string, pages: readonly ScriptedPage[], nextToken = 'page-1'): Page {
  const number = pages.findIndex((_page, index) => nextToken === `page-${index + 1}`) + 1;
  const items = pages[number - 1] ?? invalid(operation);
  if (items instanceof Error) throw items;
  return {
    items: structuredClone(items),
    nextToken: number < pages.length ? `page-${number + 1}` : undefined,
  };
}
