import type { JsonObject } from '../../lambdas/core/json.ts';
import type { Page, PartnerCentral } from '../../lambdas/ports/partner-central.ts';
import { invalid, notFound } from '../builders/partner-central-failures.ts';

export type Operation =
  | 'GetOpportunity'
  | 'GetAwsOpportunitySummary'
  | 'GetEngagementInvitation'
  | 'GetEngagement';

export type ListOperation =
  | 'ListEngagementMembers'
  | 'ListEngagementByAcceptingInvitationTasks'
  | 'ListSolutions'
  | 'ListOpportunities'
  | 'ListEngagementInvitations'
  | 'ListEngagements';

/** A payload, a failure, or what finds either at the moment of the read. */
export type Scripted = JsonObject | Error | (() => JsonObject | Error);

/** The items of a page, or a failure to answer it. */
export type ScriptedPage = readonly JsonObject[] | Error;

export interface Read {
  readonly operation: Operation | ListOperation;
  readonly catalog: string;
  /** Of a list: the engagement, invitation, role or first instant that it was asked for; empty where there is none. */
  readonly id: string;
  readonly nextToken?: string;
}

export interface ScriptedPartnerCentral extends PartnerCentral {
  /** What the next reads of a record answer, one after the other; the last one is answered from then on. */
  answer(operation: Operation, id: string, ...answers: readonly [Scripted, ...Scripted[]]): void;
  /** What a list of a catalog holds from now on. `of` narrows it to one engagement, invitation or role. Never scripted: empty. */
  list(
    operation: ListOperation,
    of: { catalog: string; id?: string },
    ...pages: readonly ScriptedPage[]
  ): void;
  /** Every read so far. */
  readonly reads: readonly Read[];
  countReads(operation: Operation | ListOperation, id?: string): number;
}

/** Partner Central that answers by script, and not found where there is none. */
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
      return structuredClone(answer);
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
    listSolutions: (catalog, token) => page('ListSolutions', catalog, '', token),
    listOpportunities: (catalog, from, token) => page('ListOpportunities', catalog, from, token),
    listEngagementInvitations: (catalog, role, token) =>
      page('ListEngagementInvitations', catalog, role, token),
    listEngagements: (catalog, token) => page('ListEngagements', catalog, '', token),
  };
}

/** Tokens are `page-2`, `page-3`, …; any other is refused, as the service refuses those that it did not give. */
function pageOf(operation: string, pages: readonly ScriptedPage[], nextToken = 'page-1'): Page {
  const number = pages.findIndex((_page, index) => nextToken === `page-${index + 1}`) + 1;
  const items = pages[number - 1] ?? invalid(operation);
  if (items instanceof Error) throw items;
  return {
    items: structuredClone(items),
    nextToken: number < pages.length ? `page-${number + 1}` : undefined,
  };
}
