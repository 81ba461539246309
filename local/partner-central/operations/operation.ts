import type { JsonObject } from '../../../lambdas/core/json.ts';
import type { RecordKind } from '../../../lambdas/core/record.ts';
import type { PartnerView } from '../model/simulated-partner.ts';
import type { SimulatedRecord } from '../model/simulated-records.ts';
import { accessDenied, notFound } from '../wire/wire-error.ts';
import type { PageTokens } from './page-tokens.ts';

/** What an operation answers from. */
export interface Service {
  readonly view: PartnerView;
  readonly tokens: PageTokens;
}

/** @throws WireError */
export type Operation = (service: Service, input: JsonObject) => JsonObject;

/** The member of each list's answer that holds its items. */
export const listMembers: ReadonlyMap<string, string> = new Map([
  ['ListOpportunities', 'OpportunitySummaries'],
  ['ListEngagementInvitations', 'EngagementInvitationSummaries'],
  ['ListEngagements', 'EngagementSummaryList'],
  ['ListEngagementMembers', 'EngagementMemberList'],
  ['ListEngagementByAcceptingInvitationTasks', 'TaskSummaries'],
  ['ListSolutions', 'SolutionSummaries'],
]);

/** @throws WireError where there is none, or none that may be read */
export function readable(view: PartnerView, catalog: string, kind: RecordKind, id: string): SimulatedRecord {
  const record = view.find(catalog, kind, id);
  if (!record) throw notFound();
  if (record.inaccessible) throw accessDenied();
  return record;
}
