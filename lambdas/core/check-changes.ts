import { type Change, escapePointer, own } from './change.ts';
import { isJsonObject, type Json, type JsonObject, textAt } from './json.ts';
import { lastStep } from './json-pointer.ts';
import { type CheckedUpdate, parentPath, type RatedFinding } from './opportunity-finding.ts';
import type { Phase } from './opportunity-rule.ts';
import { opportunityRules } from './opportunity-rules.ts';
import { isEndedStage } from './opportunity-stage.ts';
import { isLocked } from './review-lock.ts';
import { isSameValue } from './same-value.ts';

/**
 * The members that an update changes, sorted by path. A list is one value, and what Partner Central
 * prints for the same input is no change.
 */
export function changesBetween(before: JsonObject, after: JsonObject): readonly Change[] {
  return changesAt('', before, after);
}

function changesAt(path: string, before: Json | undefined, after: Json | undefined): readonly Change[] {
  if (isJsonObject(before ?? after) && isJsonObject(after ?? before)) {
    const [old, next] = [isJsonObject(before) ? before : {}, isJsonObject(after) ? after : {}];
    const names = [...new Set([...Object.keys(old), ...Object.keys(next)])].toSorted();
    return names.flatMap((name) =>
      changesAt(`${path}/${escapePointer(name)}`, own(old, name), own(next, name)),
    );
  }
  if (isSameValue(before, after, lastStep(path))) return [];
  return [{ path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
}

/** The members that decide the phase. */
const ofPhase: readonly string[] = ['/LifeCycle/ReviewStatus', '/LifeCycle/Stage'];

/** Undefined if AWS reviews the opportunity, or if it has no review status. */
export function phaseOf(base: JsonObject): CheckedUpdate['phase'] {
  const status = textAt(base, 'LifeCycle', 'ReviewStatus');
  if (status === undefined || isLocked(base)) return undefined;
  if (status === 'Rejected') return 'rejected';
  if (status === 'Action Required') return 'action-required';
  if (status === 'Pending Submission') return 'draft';
  const stage = textAt(base, 'LifeCycle', 'Stage');
  return isEndedStage(stage) ? 'ended' : 'approved';
}

/** Finds changes of members that do not change in the phase of the opportunity. */
export function checkChanges({ changes, phase }: CheckedUpdate): readonly RatedFinding[] {
  if (phase === undefined) return [];
  return changes.flatMap(({ path }): readonly RatedFinding[] => {
    const phases = phasesAt(path);
    if (phases === undefined || phases.some((each) => each === phase)) return [];
    const allowed = phases.length === 0 ? 'AWS writes it' : `allowed: ${phases.map(phaseText).join(', ')}`;
    const message = `${path} does not change ${phaseText(phase)}; ${allowed}.`;
    return [{ level: 'warning', path, code: 'not-changeable', message, dependsOn: ofPhase }];
  });
}

/** The phases of a member or of the closest one around it. Undefined for what no rule names. */
function phasesAt(path: string): readonly Phase[] | undefined {
  if (path === '') return undefined;
  return opportunityRules.get(path)?.changeable ?? phasesAt(parentPath(path));
}

const phaseTexts = {
  draft: 'before the submission',
  approved: 'after the approval',
  'action-required': 'while AWS waits for an action of the partner',
  ended: 'after the launch or loss',
  rejected: 'after the rejection',
};

function phaseText(phase: Phase | 'rejected'): string {
  return phaseTexts[phase];
}
