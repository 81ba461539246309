import { escapePointer } from './change.ts';
import { describeValue } from './describe-value.ts';
import { isJsonArray, isJsonObject, type Json } from './json.ts';
import type { CheckedUpdate, RatedFinding } from './opportunity-finding.ts';
import type { MemberRule, ValueRule } from './opportunity-rule.ts';
import { opportunityRules } from './opportunity-rules.ts';

/** A value and where it is. */
interface Place {
  readonly path: string;
  /** The path with `*` in place of the numbers of elements. */
  readonly rulePath: string;
  readonly value: Json;
}

/** Finds values that types, patterns and lists of values do not allow. */
export function checkValues(update: CheckedUpdate): readonly RatedFinding[] {
  return membersOf({ path: '', rulePath: '', value: update.body }).flatMap((place) =>
    checkPlace(place, update),
  );
}

function checkPlace(place: Place, update: CheckedUpdate): readonly RatedFinding[] {
  const rule = opportunityRules.get(place.rulePath);
  if (rule?.value.is === 'read-only') return [];
  if (!rule && update.isTouched(place.path)) return [unknownMember(place.path)];
  const finding = rule && checkValue(place, rule, update);
  if (finding) return [finding];
  return membersOf(place).flatMap((inner) => checkPlace(inner, update));
}

function membersOf({ path, rulePath, value }: Place): readonly Place[] {
  if (isJsonArray(value))
    return value.map((element, index) => ({
      path: `${path}/${index}`,
      rulePath: `${rulePath}/*`,
      value: element,
    }));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).map(([name, member]) => {
    const step = escapePointer(name);
    return { path: `${path}/${step}`, rulePath: `${rulePath}/${step}`, value: member };
  });
}

function unknownMember(path: string): RatedFinding {
  const message = `${path} is not a member of UpdateOpportunity that this release knows.`;
  return { level: 'warning', path, code: 'unknown-member', message };
}

/** What AWS has stored breaks patterns too: only what the patch sets stops an update. */
function checkValue(
  { path, value }: Place,
  { value: rule }: MemberRule,
  update: CheckedUpdate,
): RatedFinding | undefined {
  if (isAllowed(rule, value)) return undefined;
  const isUnknown = rule.is === 'one-of' && typeof value === 'string';
  const given = isUnknown ? describeValue(value) : typeText(value);
  return {
    level: !isUnknown && update.isTouched(path) ? 'problem' : 'warning',
    path,
    code: isUnknown ? 'unknown-value' : 'invalid-value',
    message: `${path} is ${given}; allowed: ${allowedText(rule)}.`,
  };
}

function isAllowed(rule: ValueRule, value: Json): boolean {
  if (rule.is === 'object') return isJsonObject(value);
  if (rule.is === 'list') return isJsonArray(value) && value.length <= rule.most;
  if (rule.is === 'read-only') return true;
  if (typeof value !== 'string') return false;
  if (rule.is === 'one-of') return rule.values.includes(value);
  if (rule.is === 'matching') return rule.pattern.test(value);
  const length = characters(value);
  return length >= rule.least && length <= rule.most;
}

function allowedText(rule: ValueRule): string {
  if (rule.is === 'object') return 'an object';
  if (rule.is === 'read-only') return 'nothing';
  if (rule.is === 'matching') return rule.allowed;
  if (rule.is === 'one-of') return `one of ${rule.values.join(', ')}`;
  if (rule.most === Number.POSITIVE_INFINITY) return rule.is === 'list' ? 'a list' : 'a text';
  if (rule.is === 'list') return `a list of up to ${rule.most} elements`;
  return `a text of ${rule.least > 0 ? `${rule.least} to` : 'up to'} ${rule.most} characters`;
}

/** What a value is, without its content. */
function typeText(value: Json): string {
  if (value === null) return 'null';
  if (isJsonArray(value)) return `a list of ${value.length} elements`;
  if (isJsonObject(value)) return 'an object';
  if (typeof value === 'string') return `a text of ${characters(value)} characters`;
  return typeof value === 'boolean' ? 'true or false' : 'a number';
}

/** A pair of surrogates is one character. */
function characters(text: string): number {
  return Array.from(text).length;
}
