import type { Change } from './change.ts';
import { checkAddress } from './check-address.ts';
import { changesBetween, checkChanges, phaseOf } from './check-changes.ts';
import { checkPresence } from './check-presence.ts';
import { checkValues } from './check-values.ts';
import type { Instant } from './instant.ts';
import { isDay } from './instant.ts';
import { type JsonObject, textAt } from './json.ts';
import { isAtOrBelow } from './json-pointer.ts';
import { applyMergePatch, patchValues } from './merge-patch.ts';
import type { CheckedUpdate, Finding, FindingCode, RatedFinding } from './opportunity-finding.ts';
import { opportunityRules } from './opportunity-rules.ts';
import { isLocked } from './review-lock.ts';
import { neededMembers, withoutEmptyMembers } from './update-request.ts';

/** What AWS would say about an update, as far as the rules of this release know. */
export interface OpportunityCheck {
  readonly changes: readonly Change[];
  /** Whether AWS reviews the opportunity, so that it takes no update. */
  readonly locked: boolean;
  /** What stops an update. */
  readonly problems: readonly Finding[];
  /** Advice: AWS may refuse the update. */
  readonly warnings: readonly Finding[];
}

/**
 * Checks an update of an opportunity, or with an empty patch the opportunity itself.
 * @param base the answer of GetOpportunity
 * @param patch a JSON merge patch (RFC 7396)
 */
export function checkOpportunity(base: JsonObject, patch: JsonObject, now: Instant): OpportunityCheck {
  const body = withoutEmptyMembers(applyMergePatch(base, patch));
  const changes = changesBetween(withoutEmptyMembers(base), body);
  const paths = patchValues(patch).map(({ path }) => path);
  const update: CheckedUpdate = {
    body,
    changes,
    phase: phaseOf(base),
    isTouched: (path) => paths.some((each) => isAtOrBelow(path, each)),
  };
  const found = [
    ...checkLock(base, changes),
    ...checkNeededMembers(body),
    ...checkReadOnly(patch),
    ...checkCloseDate(body, now),
    ...checkValues(update),
    ...checkPresence(update),
    ...checkAddress(body),
    ...checkChanges(update),
  ];
  const ofLevel = (wanted: RatedFinding['level']): readonly Finding[] =>
    found.filter(({ level }) => level === wanted).map(({ level: _level, ...finding }) => finding);
  return { changes, locked: isLocked(base), problems: ofLevel('problem'), warnings: ofLevel('warning') };
}

/** In the Sandbox, an update of ReviewStatus is how a partner simulates AWS's review. */
function checkLock(base: JsonObject, changes: readonly Change[]): readonly RatedFinding[] {
  if (!isLocked(base)) return [];
  const path = '/LifeCycle/ReviewStatus';
  const isSimulated = base['Catalog'] === 'Sandbox' && changes.some((change) => change.path === path);
  const status = textAt(base, 'LifeCycle', 'ReviewStatus');
  const message = `${path} is "${status}": AWS reviews the opportunity; allowed: no update until the review ends.`;
  return [{ ...problem(path, 'locked', message), level: isSimulated ? 'warning' : 'problem' }];
}

function checkNeededMembers(body: JsonObject): readonly RatedFinding[] {
  return neededMembers
    .filter((name) => textAt(body, 'LifeCycle', name) === undefined)
    .map((name) => {
      const path = `/LifeCycle/${name}`;
      const message = `${path} is missing; allowed: an update with it, because AWS refuses one without it, or sets it to null permanently.`;
      return problem(path, 'would-orphan', message);
    });
}

function checkReadOnly(patch: JsonObject): readonly RatedFinding[] {
  return Object.keys(patch).flatMap((name) => {
    const rule = opportunityRules.get(`/${name}`)?.value;
    if (rule?.is !== 'read-only') return [];
    return [problem(`/${name}`, 'read-only', `/${name} cannot be written: ${rule.because}.`)];
  });
}

function checkCloseDate(body: JsonObject, now: Instant): readonly RatedFinding[] {
  const today = now.slice(0, 10);
  const date = textAt(body, 'LifeCycle', 'TargetCloseDate') ?? today;
  if (!isDay(date) || date >= today) return [];
  const path = '/LifeCycle/TargetCloseDate';
  return [problem(path, 'past-date', `${path} is ${date}, in the past; allowed: ${today} or later.`)];
}

function problem(path: string, code: FindingCode, message: string): RatedFinding {
  return { level: 'problem', path, code, message };
}
