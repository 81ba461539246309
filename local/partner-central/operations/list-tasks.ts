import * as v from 'valibot';
import { textAt } from '../../../lambdas/core/json.ts';
import type { TaskOperation } from '../model/service-tasks.ts';
import { matchesFilter } from './list-order.ts';
import type { Operation } from './operation.ts';
import {
  atMost,
  catalog,
  engagementId,
  invitationId,
  opportunityId,
  paged,
  parseRequest,
  taskId,
} from './requests.ts';

const filters = {
  TaskStatus: atMost(3, v.picklist(['IN_PROGRESS', 'COMPLETE', 'FAILED'])),
  TaskIdentifier: atMost(10, taskId),
  OpportunityIdentifier: atMost(10, opportunityId),
  EngagementInvitationIdentifier: atMost(10, invitationId),
  EngagementIdentifier: atMost(10, engagementId),
  ContextIdentifier: atMost(10, v.string()),
};
type FilterName = keyof typeof filters;
const everyFilter = v.object(filters);

/** Lists the tasks that one operation started. Each list refuses the filters of the others. */
function listTasks(operation: string, startedBy: TaskOperation, ...own: readonly FilterName[]): Operation {
  const names: readonly FilterName[] = ['TaskStatus', 'TaskIdentifier', 'OpportunityIdentifier', ...own];
  const schema = v.strictObject({
    Catalog: catalog,
    ...paged(1000, ['StartTime']),
    ...Object.fromEntries(names.map((name) => [name, filters[name]])),
  });
  return ({ view, tokens }, input) => {
    const request = parseRequest(schema, input);
    const wanted = parseRequest(everyFilter, input);
    const rows = view
      .tasks(startedBy, request.Catalog)
      .filter(({ summary: task }) => matchesFilter(wanted.TaskStatus, task['TaskStatus']))
      .filter(({ summary: task }) => matchesFilter(wanted.TaskIdentifier, task['TaskId']))
      .filter(({ summary: task }) => matchesFilter(wanted.OpportunityIdentifier, task['OpportunityId']))
      .filter(({ summary: task }) =>
        matchesFilter(wanted.EngagementInvitationIdentifier, task['EngagementInvitationId']),
      )
      .filter(({ summary: task }) => matchesFilter(wanted.EngagementIdentifier, task['EngagementId']))
      .filter(({ summary: task }) => matchesFilter(wanted.ContextIdentifier, task['ContextId']))
      .map(({ startedAtMs, summary }) => ({
        sortKey: [startedAtMs, textAt(summary, 'TaskId') ?? ''] as const,
        item: () => summary,
      }));
    return tokens.page({ operation, input }, request, rows);
  };
}

export const listTasksByOperation = {
  ListEngagementByAcceptingInvitationTasks: listTasks(
    'ListEngagementByAcceptingInvitationTasks',
    'StartEngagementByAcceptingInvitationTask',
    'EngagementInvitationIdentifier',
  ),
  ListEngagementFromOpportunityTasks: listTasks(
    'ListEngagementFromOpportunityTasks',
    'StartEngagementFromOpportunityTask',
    'EngagementIdentifier',
  ),
  ListOpportunityFromEngagementTasks: listTasks(
    'ListOpportunityFromEngagementTasks',
    'StartOpportunityFromEngagementTask',
    'EngagementIdentifier',
    'ContextIdentifier',
  ),
} as const;
