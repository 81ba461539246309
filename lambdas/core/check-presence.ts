import { isJsonArray, isJsonObject, type Json, type JsonObject } from './json.ts';
import { lastStep } from './json-pointer.ts';
import {
  type CheckedUpdate,
  conditionText,
  type FindingCode,
  holds,
  parentPath,
  type RatedFinding,
} from './opportunity-finding.ts';
import type { Condition, MemberRule, Need } from './opportunity-rule.ts';
import { opportunityRules } from './opportunity-rules.ts';
import { parsePointer } from './pointer-selection.ts';

/** Finds members that are missing, and members that other members exclude. */
export function checkPresence(update: CheckedUpdate): readonly RatedFinding[] {
  return [...opportunityRules].flatMap(([path, rule]) => [
    ...missing(path, rule, update),
    ...excluded(path, rule, update),
  ]);
}

function missing(path: string, { needed }: MemberRule, update: CheckedUpdate): readonly RatedFinding[] {
  const { body } = update;
  if (!needed || !(needed.if ?? []).every((condition) => holds(condition, body))) return [];
  return parentsOf(path, needed, body)
    .filter(({ value }) => isAbsent(isJsonObject(value) ? value[lastStep(path)] : undefined))
    .map((parent) => `${parent.path}/${lastStep(path)}`)
    .filter((place) => needed.for !== 'submission' || isSubmitted(place, update))
    .map((place) =>
      warning(place, 'missing', `${place} is missing; AWS requires it ${reason(needed)}.`, needed.if),
    );
}

/** A member inside of an absent object is missing, unless only the object requires it. */
function parentsOf(path: string, needed: Need, body: JsonObject): readonly Parent[] {
  const around = parentPath(path);
  const found = placesAt(parsePointer(around), body, '').filter(({ value }) => isJsonObject(value));
  return found.length === 0 && needed.for !== 'parent' ? [{ path: around, value: {} }] : found;
}

interface Parent {
  readonly path: string;
  readonly value: Json;
}

function placesAt(
  [step, ...rest]: readonly string[],
  value: Json | undefined,
  path: string,
): readonly Parent[] {
  if (value === undefined) return [];
  if (step === undefined) return [{ path, value }];
  if (isJsonArray(value))
    return value.flatMap((element, index) => placesAt(rest, element, `${path}/${index}`));
  return isJsonObject(value) && Object.hasOwn(value, step)
    ? placesAt(rest, value[step], `${path}/${step}`)
    : [];
}

/** Whether a submission is ahead, or the patch removes what a submission requires. */
function isSubmitted(path: string, { phase, isTouched }: CheckedUpdate): boolean {
  return phase === 'draft' || phase === 'action-required' || isTouched(path);
}

function reason({ for: when, if: conditions = [] }: Need): string {
  const always = { submission: 'for a submission', update: 'in every update', parent: 'in this object' };
  return [always[when], ...conditions.map(conditionText)].join(', ');
}

function excluded(
  path: string,
  { onlyIf, yesOnlyIf }: MemberRule,
  { body }: CheckedUpdate,
): readonly RatedFinding[] {
  return placesAt(parsePointer(path), body, '')
    .filter(({ value }) => !isAbsent(value))
    .flatMap(({ value }) => [
      ...(onlyIf && !holds(onlyIf, body)
        ? [
            warning(path, 'must-be-absent', `${path} is present; allowed: ${conditionText(onlyIf)}.`, [
              onlyIf,
            ]),
          ]
        : []),
      ...(yesOnlyIf && value === 'Yes' && !holds(yesOnlyIf, body)
        ? [
            warning(path, 'invalid-value', `${path} is "Yes"; allowed: ${conditionText(yesOnlyIf)}.`, [
              yesOnlyIf,
            ]),
          ]
        : []),
    ]);
}

function isAbsent(value: Json | undefined): boolean {
  return value === undefined || (isJsonArray(value) && value.length === 0);
}

function warning(
  path: string,
  code: FindingCode,
  message: string,
  conditions: readonly Condition[] = [],
): RatedFinding {
  return { level: 'warning', path, code, message, dependsOn: conditions.map((each) => each.path) };
}
