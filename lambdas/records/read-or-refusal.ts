import { isFailure, type ServiceError } from '../core/service-error.ts';

export const refusals = [
  'partner-central.not-found',
  'partner-central.access-denied',
  'partner-central.invalid',
] as const;

/**
 * Partner Central refuses the read, and would refuse it again. Which of the three codes it returns
 * after it took access away is not documented.
 */
export type Refusal = ServiceError<(typeof refusals)[number]>;

/** Returns the answer or the permanent refusal; rethrows transient errors. */
export async function readOrRefusal<Answer>(
  read: () => Promise<Answer>,
): Promise<{ readonly answer: Answer } | { readonly refusal: Refusal }> {
  try {
    return { answer: await read() };
  } catch (error) {
    if (isFailure(error, ...refusals)) return { refusal: error };
    throw error;
  }
}
