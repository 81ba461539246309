import type { WriteResult } from '../../lambdas/ports/partner-central-writes.ts';

type Refused = Extract<WriteResult, { readonly kind: 'refused' }>;

/** A refusal by AWS, by default of invalid values. */
export function refused(of: Partial<Refused> = {}): Refused {
  return { kind: 'refused', reason: 'invalid', error: 'ValidationException', problems: [], ...of };
}
