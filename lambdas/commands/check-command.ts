import type { Change } from '../core/change.ts';
import { checkOpportunity } from '../core/check-opportunity.ts';
import { targetProblems } from '../core/check-target.ts';
import type { CommandContent, CommandRequest } from '../core/command.ts';
import { isIrreversible } from '../core/command-target.ts';
import { contextChanges } from '../core/context-patch.ts';
import { describeValue } from '../core/describe-value.ts';
import { checkCreation, checkSubmission } from '../core/draft-opportunity.ts';
import type { Instant } from '../core/instant.ts';
import { textAt } from '../core/json.ts';
import type { Finding } from '../core/opportunity-finding.ts';
import type { RequestProblem } from '../core/request-problem.ts';
import type { Caller } from './caller.ts';
import { hasToBeApproved, isForbidden, isHidden } from './permit-command.ts';
import type { PlanTarget } from './plan-target.ts';

/** What a command would do to the stored record. Reads nothing of AWS. */
export interface CommandCheck {
  readonly changes: readonly Change[];
  /** Whether AWS reviews the opportunity: an update waits, or fails if it must not wait. */
  readonly locked: boolean;
  /** Whether it waits for an approval: it cannot be undone, or its client always needs one. */
  readonly needsApproval: boolean;
  /** What stops the command. */
  readonly problems: readonly RequestProblem[];
  /** Advice: AWS may refuse it. */
  readonly warnings: readonly RequestProblem[];
}

/** @param target the record, as far as it is known */
export function checkCommand(
  caller: Caller,
  request: CommandRequest,
  target: PlanTarget,
  now: Instant,
): CommandCheck {
  const { content } = request;
  const isUnconfirmed = !request.irreversible && isIrreversible(content, target.payload);
  const needsApproval = isUnconfirmed || hasToBeApproved(caller, content.action);
  const unchanged = { changes: [], locked: false, needsApproval, problems: [], warnings: [] };
  if (content.action === 'opportunity.create') {
    const { problems, warnings } = checkCreation(content.opportunity, now);
    const advice = showWarnings(caller, warnings).map(inOpportunity);
    const visible = showProblems(caller, problems).map(inOpportunity);
    return { ...unchanged, problems: visible, warnings: advice };
  }
  if (content.action === 'opportunity.submit') {
    const missing = checkSubmission(target.payload, content.involvementType, now);
    return { ...unchanged, warnings: showWarnings(caller, missing).map(atTarget) };
  }
  if (content.action !== 'opportunity.update')
    return {
      ...unchanged,
      changes: content.action === 'engagement.update_context' ? contextChanges(content, target.payload) : [],
      problems: targetProblems(content, target.payload),
      warnings: [...statusWarnings(target), ...conversionWarnings(content, target)],
    };
  const { changes, locked, problems, warnings } = checkOpportunity(target.payload, content.patch, now);
  const replaced = changes.filter((change) => isReplaced(caller, change));
  return {
    changes: changes.filter((change) => !replaced.includes(change)),
    locked,
    needsApproval,
    problems: [
      ...replaced.map(({ path }) => ({
        path: `/patch${path}`,
        message: 'an object, and the record has another type of value; allowed: that type',
      })),
      ...lockProblems(request, locked),
      ...showProblems(caller, problems).filter(isNoLock).map(inPatch),
    ],
    warnings: showWarnings(caller, warnings).filter(isNoLock).map(inPatch),
  };
}

/**
 * Whether a client would see and replace what it may not change: `permitCommand` does not know that
 * the record has a list or a text where the patch has an object.
 */
function isReplaced(caller: Caller, { path, before }: Change): boolean {
  return before !== undefined && isForbidden(caller, path);
}

function lockProblems({ onLocked }: CommandRequest, locked: boolean): readonly RequestProblem[] {
  if (!locked || onLocked === 'wait') return [];
  return [{ path: '/onLocked', message: '"fail", and AWS reviews the opportunity; allowed: "wait"' }];
}

/** AWS may make a second opportunity of the same lead. */
function conversionWarnings({ action }: CommandContent, { stored }: PlanTarget): readonly RequestProblem[] {
  if (action !== 'lead.to_opportunity' || !stored) return [];
  return stored.links
    .filter(({ via }) => via === 'lead-task')
    .map(({ id }) => ({ path: '/target', message: `a lead of this engagement has become ${id} already` }));
}

/** An invitation that was answered, or that has expired, cannot be answered. */
function statusWarnings({ line, payload }: PlanTarget): readonly RequestProblem[] {
  const status = textAt(payload, 'Status');
  if (line.kind !== 'engagement-invitation' || status === undefined || status === 'PENDING') return [];
  return [
    {
      path: '/target',
      message: `the status is ${describeValue(status)}; AWS takes an answer while it is "PENDING"`,
    },
  ];
}

/** A warning can describe the values of any member. */
function showWarnings(caller: Caller, warnings: readonly Finding[]): readonly Finding[] {
  return warnings.filter((warning) => !isFindingHidden(caller, warning));
}

/** A problem stops the command, so that it stays, without a value that the client never sees. */
function showProblems(caller: Caller, problems: readonly Finding[]): readonly Finding[] {
  const message = 'AWS refuses the record because of a value that this client never sees';
  return problems.map((problem) => (isFindingHidden(caller, problem) ? { ...problem, message } : problem));
}

function isFindingHidden(caller: Caller, { path, dependsOn = [] }: Finding): boolean {
  return [path, ...dependsOn].some((each) => isHidden(caller, each));
}

function isNoLock({ code }: Finding): boolean {
  return code !== 'locked';
}

function inOpportunity({ path, message }: Finding): RequestProblem {
  return { path: `/opportunity${path}`, message };
}

/** The message names the member of the record. */
function atTarget({ message }: Finding): RequestProblem {
  return { path: '/target', message };
}

function inPatch({ path, message }: Finding): RequestProblem {
  return { path: `/patch${path}`, message };
}
