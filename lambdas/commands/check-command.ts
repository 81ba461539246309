import type { Change } from '../core/change.ts';
import { checkOpportunity } from '../core/check-opportunity.ts';
import type { CommandRequest } from '../core/command.ts';
import type { RequestProblem } from '../core/command-request.ts';
import { isIrreversible } from '../core/command-target.ts';
import { describeValue } from '../core/describe-value.ts';
import type { Instant } from '../core/instant.ts';
import type { Finding } from '../core/opportunity-finding.ts';
import type { RecordState } from '../core/version.ts';

/** What a command would do to the stored record. Reads nothing of AWS. */
export interface CommandCheck {
  readonly changes: readonly Change[];
  /** Whether AWS reviews the opportunity: an update waits, or fails if it must not wait. */
  readonly locked: boolean;
  /** Whether it waits for an approval, because it cannot be undone. */
  readonly needsApproval: boolean;
  /** What stops the command. */
  readonly problems: readonly RequestProblem[];
  /** Advice: AWS may refuse it. */
  readonly warnings: readonly RequestProblem[];
}

/** @param target the stored record */
export function checkCommand(request: CommandRequest, target: RecordState, now: Instant): CommandCheck {
  const { content } = request;
  const needsApproval = !request.irreversible && isIrreversible(content, target.payload);
  if (content.action !== 'opportunity.update')
    return { changes: [], locked: false, needsApproval, problems: [], warnings: statusWarnings(target) };
  const { changes, locked, problems, warnings } = checkOpportunity(target.payload, content.patch, now);
  return {
    changes,
    locked,
    needsApproval,
    problems: [...lockProblems(request, locked), ...problems.filter(isNoLock).map(inPatch)],
    warnings: warnings.filter(isNoLock).map(inPatch),
  };
}

function lockProblems({ onLocked }: CommandRequest, locked: boolean): readonly RequestProblem[] {
  if (!locked || onLocked === 'wait') return [];
  return [{ path: '/onLocked', message: '"fail", and AWS reviews the opportunity; allowed: "wait"' }];
}

/** An invitation that was answered, or that has expired, cannot be answered. */
function statusWarnings({ kind, attributes: { status } }: RecordState): readonly RequestProblem[] {
  if (kind !== 'engagement-invitation' || status === undefined || status === 'PENDING') return [];
  return [
    {
      path: '/target',
      message: `the status is ${describeValue(status)}; AWS takes an answer while it is "PENDING"`,
    },
  ];
}

function isNoLock({ code }: Finding): boolean {
  return code !== 'locked';
}

function inPatch({ path, message }: Finding): RequestProblem {
  return { path: `/patch${path}`, message };
}
