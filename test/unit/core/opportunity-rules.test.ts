import { describe, expect, it } from 'vitest';
import { checkOpportunity } from '../../../lambdas/core/check-opportunity.ts';
import type { Json, JsonObject } from '../../../lambdas/core/json.ts';
import { applyMergePatch } from '../../../lambdas/core/merge-patch.ts';
import type { FindingCode } from '../../../lambdas/core/opportunity-finding.ts';
import type { Condition, MemberRule, Phase, ValueRule } from '../../../lambdas/core/opportunity-rule.ts';
import { opportunityRules } from '../../../lambdas/core/opportunity-rules.ts';
import { parsePointer } from '../../../lambdas/core/pointer-selection.ts';
import { postalCodeFormats } from '../../../lambdas/core/postal-codes.ts';
import { statesOfTheUs } from '../../../lambdas/core/states-of-the-us.ts';
import { updateRequestOf } from '../../../lambdas/core/update-request.ts';
import { completeDraft, memberOf, patchOf, withValue } from '../../builders/opportunity-draft.ts';

/* Every rule has a draft that breaks it. */

const rules = [...opportunityRules];
const draft = completeDraft();

const found = (body: JsonObject, patch: JsonObject = {}) => {
  const { problems, warnings } = checkOpportunity(body, patch, '2026-03-01T10:00:00.000Z');
  return [
    ...problems.map(({ path, code }) => `problem ${code} ${path}`),
    ...warnings.map(({ path, code }) => `warning ${code} ${path}`),
  ];
};
const finding = (level: 'problem' | 'warning', code: FindingCode, path: string) =>
  `${level} ${code} ${path.replaceAll('*', '0')}`;

/** Values that a rule does not allow. */
function badValues(rule: ValueRule): readonly Json[] {
  if (rule.is === 'read-only') return [];
  if (rule.is === 'list' && rule.most !== Number.POSITIVE_INFINITY)
    return ['a text', Array.from({ length: rule.most + 1 }, () => ({}))];
  if (rule.is === 'text')
    return [
      7,
      ...(rule.most === Number.POSITIVE_INFINITY ? [] : ['x'.repeat(rule.most + 1)]),
      ...(rule.least > 1 ? ['x'.repeat(rule.least - 1)] : []),
    ];
  return rule.is === 'matching' ? [7, '~'] : [7];
}

function meeting(conditions: readonly Condition[], body: JsonObject): JsonObject {
  return conditions.reduce(
    (met, condition) => ('in' in condition ? withValue(condition.path, condition.in[0], met) : met),
    body,
  );
}

function breaking(condition: Condition): JsonObject {
  return withValue(condition.path, 'in' in condition ? undefined : condition.notIn[0]);
}

const bodies: Readonly<Record<Phase, JsonObject>> = {
  draft,
  approved: completeDraft({ LifeCycle: { ReviewStatus: 'Approved' } }),
  'action-required': completeDraft({ LifeCycle: { ReviewStatus: 'Action Required' } }),
  ended: completeDraft({ LifeCycle: { ReviewStatus: 'Approved', Stage: 'Launched' } }),
};
const phases = ['draft', 'approved', 'action-required', 'ended'] as const;

function phasesOf(path: string): readonly Phase[] | undefined {
  if (path === '') return undefined;
  return opportunityRules.get(path)?.changeable ?? phasesOf(path.slice(0, path.lastIndexOf('/')));
}

describe('the rules of opportunities', () => {
  it('name every member that the complete draft has', () => {
    const body = updateRequestOf(draft, {});
    expect(
      'body' in body && Object.keys(body.body).filter((name) => !opportunityRules.has(`/${name}`)),
    ).toEqual([]);
    expect(found(draft)).toEqual([]);
  });

  it('have many members, countries and states', () => {
    expect(rules.length).toBeGreaterThan(80);
    expect(postalCodeFormats.size).toBeGreaterThan(130);
    expect(statesOfTheUs).toHaveLength(62);
  });

  it.each(rules.filter(([, { value }]) => value.is !== 'read-only'))(
    '%s has an invalid value, which stops a patch, and is a warning in the record',
    (path, { value }) => {
      for (const bad of badValues(value)) {
        expect(found(draft, patchOf(path, bad))).toContain(finding('problem', 'invalid-value', path));
        expect(found(withValue(path, bad))).toContain(finding('warning', 'invalid-value', path));
      }
    },
  );

  it.each(rules.filter(([, { value }]) => value.is === 'one-of'))('%s has an unknown value', (path) => {
    expect(found(draft, patchOf(path, 'Unknown'))).toContain(finding('warning', 'unknown-value', path));
  });

  it.each(rules.filter(([, { value }]) => value.is === 'read-only'))('%s cannot be written', (path) => {
    expect(found(draft, withValue(path, 'x', {}))).toContain(
      finding('problem', 'read-only', `/${parsePointer(path)[0]}`),
    );
  });

  it.each(rules.filter(([, { needed }]) => needed))('%s is required', (path, { needed }: MemberRule) => {
    const body = meeting(needed?.if ?? [], draft);
    expect(found(withValue(path, undefined, body))).toContain(finding('warning', 'missing', path));
    for (const condition of needed?.if ?? []) {
      const exempt = withValue(path, undefined, breaking(condition));
      expect(found(exempt)).not.toContain(finding('warning', 'missing', path));
    }
  });

  it.each(rules.flatMap(([path, { onlyIf }]) => (onlyIf ? [[path, onlyIf] as const] : [])))(
    '%s must be absent without its condition',
    (path, condition) => {
      const given = memberOf(draft, path) ?? 'Price';
      const present = withValue(path, given, breaking(condition));
      expect(found(present)).toContain(finding('warning', 'must-be-absent', path));
      const allowed = withValue(path, given, meeting([condition], draft));
      expect(found(allowed)).not.toContain(finding('warning', 'must-be-absent', path));
    },
  );

  it.each(rules.flatMap(([path, { yesOnlyIf }]) => (yesOnlyIf ? [[path, yesOnlyIf] as const] : [])))(
    '%s is Yes only with its condition',
    (path, condition) => {
      expect(found(withValue(path, 'Yes'))).toContain(finding('warning', 'invalid-value', path));
      expect(found(withValue(path, 'Yes', meeting([condition], draft)))).not.toContain(
        finding('warning', 'invalid-value', path),
      );
    },
  );

  it.each(
    rules.filter(([path, { value }]) => !path.includes('*') && value.is !== 'object' && phasesOf(path)),
  )('%s changes only in its phases', (path) => {
    for (const phase of phases) {
      const isChangeable = phasesOf(path)?.includes(phase);
      const all = found(bodies[phase], withValue(path, 'Changed', {}));
      const expected = finding('warning', 'not-changeable', path);
      expect({ phase, isFound: all.includes(expected) }).toEqual({ phase, isFound: !isChangeable });
    }
  });

  it('let no member of a rejected opportunity change', () => {
    const rejected = applyMergePatch(draft, { LifeCycle: { ReviewStatus: 'Rejected' } });
    expect(found(rejected, { LifeCycle: { NextSteps: 'Write' } })).toContain(
      finding('warning', 'not-changeable', '/LifeCycle/NextSteps'),
    );
  });
});
