import type { ActionDefinition } from './action-definition.ts';
import { contextRequestOf, contextValues, reportedContextPath } from './context-patch.ts';
import { contextsById, engagementTimestamp } from './engagement-context.ts';

/** Changes one context of an engagement, such as the lead. */
export const updateEngagementContext: ActionDefinition<'engagement.update_context'> = {
  targetKind: 'engagement',
  operation: 'UpdateEngagementContext',
  paths: ({ context }) => contextValues(context).map(({ path }) => reportedContextPath(path)),
  reportedPath: reportedContextPath,
  sendsOthers: true,
  wanted: ({ context }) => contextValues(context),
  view: contextsById,
  timestamp: engagementTimestamp,
  isIrreversible: () => false,
  isLockedByReview: false,
  overwrites: true,
  hasToken: false,
  creates: false,
  request: ({ context }, { catalog }, payload) => contextRequestOf(payload, context, catalog),
};
