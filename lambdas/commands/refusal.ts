import { describeValue } from '../core/describe-value.ts';
import type { RequestProblem } from '../core/request-problem.ts';

/** Why a request is not accepted. Nothing was stored. */
export type RefusalCode =
  /** The key is missing, or has characters that no key has. */
  | 'invalid-key'
  /** The request has invalid members, or AWS would not take the update. `problems` name them. */
  | 'invalid'
  | 'too-large'
  /** The action is not switched on in this catalog. */
  | 'not-enabled'
  /** An operator has disabled the client. */
  | 'client-disabled'
  /** The client may not ask for this. `problems` name the members of the request. */
  | 'not-allowed'
  /** No such record is stored. */
  | 'unknown-target'
  /** Several records have the partner's own id. */
  | 'ambiguous-target'
  /** A command with this key exists, and its request was another one. */
  | 'key-reused';

export interface Refusal {
  readonly code: RefusalCode;
  /** Names the value and what is allowed. */
  readonly message: string;
  readonly problems: readonly RequestProblem[];
}

export function refuse(
  code: RefusalCode,
  message: string,
  problems: readonly RequestProblem[] = [],
): { readonly kind: 'refused'; readonly refusal: Refusal } {
  return { kind: 'refused', refusal: { code, message, problems } };
}

export type Refused = ReturnType<typeof refuse>;

/** Refuses a request because of one of its members. */
export function refuseMember(code: RefusalCode, path: string, message: string): Refused {
  return refuse(code, `${path}: ${message}`, [{ path, message }]);
}

/** Refuses a request as a whole. */
export function refuseWhole(code: RefusalCode, message: string): Refused {
  return refuse(code, message, [{ path: '', message }]);
}

export function refuseMembers(problems: readonly RequestProblem[], code: RefusalCode = 'invalid'): Refused {
  return refuse(code, problems.map(({ path, message }) => `${path}: ${message}`).join('; '), problems);
}

/** Refuses to create a second opportunity with the same identifier. */
export function refusePartnerId(partnerId: string): Refused {
  const path = '/opportunity/PartnerOpportunityIdentifier';
  const message = `${describeValue(partnerId)}; allowed: one that no stored opportunity has, and that no other command creates`;
  return refuseMember('invalid', path, message);
}

/** Names the members as they are in the whole request. */
export function insideOf(path: string, { refusal }: Refused): Refused {
  const problems = refusal.problems.map((problem) => ({ ...problem, path: `${path}${problem.path}` }));
  return refusal.problems.length > 0
    ? refuseMembers(problems, refusal.code)
    : refuse(refusal.code, path === '' ? refusal.message : `${path}: ${refusal.message}`);
}
