import type { RequestProblem } from '../core/command-request.ts';

/** Why a request is not accepted. Nothing was stored. */
export type RefusalCode =
  /** The key is missing, or has characters that no key has. */
  | 'invalid-key'
  /** The request has invalid members, or AWS would not take the update. `problems` name them. */
  | 'invalid'
  | 'too-large'
  /** The action is not switched on in this catalog. */
  | 'not-enabled'
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

export function refuseMembers(problems: readonly RequestProblem[]): Refused {
  return refuse('invalid', problems.map(({ path, message }) => `${path}: ${message}`).join('; '), problems);
}
