import type { JsonObject } from '../../../lambdas/core/json.ts';
import { toNanosecond } from './aws-timestamps.ts';
import type { SimulatedAccount } from './simulated-account.ts';

/**
 * A finished StartEngagementByAcceptingInvitationTask: it turned an invitation into an opportunity.
 */
export interface AcceptanceTask {
  readonly catalog: string;
  readonly startedAtMs: number;
  /** An item of ListEngagementByAcceptingInvitationTasks. */
  readonly summary: JsonObject;
}

export function newAcceptanceTask(
  account: SimulatedAccount,
  props: { readonly catalog: string; readonly invitationId: string; readonly opportunityId: string },
): AcceptanceTask {
  const taskId = `task-${account.randomIdPart(13)}`;
  const startedAtMs = account.nowMs();
  const summary = {
    EngagementInvitationId: props.invitationId,
    Message: null,
    OpportunityId: props.opportunityId,
    // Recorded answers hold the text "null", not null.
    ReasonCode: 'null',
    ResourceSnapshotJobId: `job-${account.randomIdPart(13)}`,
    StartTime: toNanosecond(startedAtMs, account.random),
    TaskArn: `arn:aws:partnercentral:us-east-1::catalog/${props.catalog}/engagement-by-accepting-invitation-task/${taskId}`,
    TaskId: taskId,
    TaskStatus: 'COMPLETE',
  };
  return { catalog: props.catalog, startedAtMs, summary };
}
