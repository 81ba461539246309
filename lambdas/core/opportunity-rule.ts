/** What a value must be. */
export type ValueRule =
  | { readonly is: 'object' }
  | { readonly is: 'list'; readonly most: number }
  /** Characters. */
  | { readonly is: 'text'; readonly least: number; readonly most: number }
  | { readonly is: 'matching'; readonly pattern: RegExp; readonly allowed: string }
  /** AWS adds values without notice, so another value is possible. */
  | { readonly is: 'one-of'; readonly values: readonly string[] }
  /** UpdateOpportunity does not take the member, or the relay sets it. */
  | { readonly is: 'read-only'; readonly because: string };

/** The phases of an opportunity in which updates are possible. `ended`: launched or lost. */
export type Phase = 'draft' | 'approved' | 'action-required' | 'ended';

/** A condition on another text of the opportunity. An absent text is in no list. */
export type Condition =
  | { readonly path: string; readonly in: readonly string[] }
  | { readonly path: string; readonly notIn: readonly string[] };

/** When a member must be present. */
export interface Need {
  /** `parent`: wherever the object around it is present. */
  readonly for: 'submission' | 'update' | 'parent';
  /** All of them. */
  readonly if?: readonly Condition[];
}

/** What AWS says about one member of UpdateOpportunity. */
export interface MemberRule {
  readonly value: ValueRule;
  /** The phases in which an update may change the member. @default those of the object around it */
  readonly changeable?: readonly Phase[];
  readonly needed?: Need;
  /** Without this condition the member must be absent. */
  readonly onlyIf?: Condition;
  /** Without this condition the value must not be Yes. */
  readonly yesOnlyIf?: Condition;
}

export function text(most: number, least = 0): ValueRule {
  return { is: 'text', least, most };
}

export function matching(pattern: RegExp, allowed: string): ValueRule {
  return { is: 'matching', pattern, allowed };
}

export function oneOf(values: readonly string[]): ValueRule {
  return { is: 'one-of', values };
}

export function list(most = Number.POSITIVE_INFINITY): ValueRule {
  return { is: 'list', most };
}

export function readOnly(because: string): MemberRule {
  return { value: { is: 'read-only', because } };
}

export function is(path: string, ...texts: readonly string[]): Condition {
  return { path, in: texts };
}

export function isNot(path: string, ...texts: readonly string[]): Condition {
  return { path, notIn: texts };
}

export const object: ValueRule = { is: 'object' };
export const free = text(Number.POSITIVE_INFINITY);

export const draft: readonly Phase[] = ['draft'];
export const untilTheEnd: readonly Phase[] = ['draft', 'approved'];
export const whenActionIsRequired: readonly Phase[] = ['draft', 'action-required'];
export const untilTheEndOrRequired: readonly Phase[] = ['draft', 'approved', 'action-required'];
/** AWS's tables allow it after the end to independent software vendors only. */
export const alsoAfterTheEnd: readonly Phase[] = ['draft', 'approved', 'ended'];

export const submission = { for: 'submission' } satisfies Need;
export const update = { for: 'update' } satisfies Need;
export const parent = { for: 'parent' } satisfies Need;
