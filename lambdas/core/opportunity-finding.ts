import type { Change } from './change.ts';
import type { JsonObject } from './json.ts';
import { memberAt } from './merge-patch.ts';
import type { Condition, Phase } from './opportunity-rule.ts';

export type FindingCode =
  | 'locked'
  | 'would-orphan'
  | 'read-only'
  | 'past-date'
  | 'invalid-value'
  | 'unknown-value'
  | 'unknown-member'
  | 'missing'
  | 'must-be-absent'
  | 'not-changeable';

/** What AWS would say about one member. */
export interface Finding {
  /** JSON Pointer (RFC 6901) into the opportunity. */
  readonly path: string;
  readonly code: FindingCode;
  /**
   * A sentence that names the member, its value and what is allowed. Only a text in the place of a
   * picklist value is repeated; any other value is described by its type, because it may be
   * personal data.
   */
  readonly message: string;
  /** JSON Pointers of other members whose values the message lets a reader guess. */
  readonly dependsOn?: readonly string[];
}

/** `problem`: an update must not be sent. `warning`: AWS may refuse it. */
export interface RatedFinding extends Finding {
  readonly level: 'problem' | 'warning';
}

/** An update that is checked. */
export interface CheckedUpdate {
  /** The opportunity after the update, without null and empty members. */
  readonly body: JsonObject;
  readonly changes: readonly Change[];
  /** Undefined while AWS reviews the opportunity, or if it has no review status. */
  readonly phase: Phase | 'rejected' | undefined;
  /** Whether the patch sets or removes the member, or one around it. */
  readonly isTouched: (path: string) => boolean;
}

/** Whether a condition holds for an opportunity. */
export function holds(condition: Condition, body: JsonObject): boolean {
  const value = memberAt(body, condition.path);
  const isIn = (texts: readonly string[]) => typeof value === 'string' && texts.includes(value);
  return 'in' in condition ? isIn(condition.in) : !isIn(condition.notIn);
}

/** The condition in words, for a person. */
export function conditionText(condition: Condition): string {
  if ('in' in condition) return `if ${condition.path} is ${condition.in.join(' or ')}`;
  return condition.notIn.length > 1
    ? `except for some values of ${condition.path}`
    : `unless ${condition.path} is ${condition.notIn.join()}`;
}

export function parentPath(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
