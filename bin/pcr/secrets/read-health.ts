import { isFailure } from '../../../lambdas/core/service-error.ts';

export interface SecretProblem {
  /** Why the secret cannot be used. */
  readonly problem?: string;
}

/**
 * Returns what a read of a secret says, or why the secret cannot be used. An operator's credentials
 * may be fewer than those of the functions: then nothing is known.
 */
export async function readHealth<T extends object>(read: () => Promise<T>): Promise<T | SecretProblem> {
  const [result] = await Promise.allSettled([read()]);
  if (result.status === 'fulfilled') return result.value;
  if (!isFailure(result.reason, 'secret.unusable')) return {};
  const { error } = result.reason.details;
  return error.startsWith('AccessDenied') ? {} : { problem: error };
}
