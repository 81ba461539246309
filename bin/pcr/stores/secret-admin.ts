import type { SigningSecret } from '../../../lambdas/core/signature.ts';

/**
 * Signing secrets as operators make and change them.
 * @throws ServiceError `secret.unavailable` (later), `secret.unusable` (never).
 */
export interface SecretAdmin {
  /**
   * @param value one secret, or a symmetric and an asymmetric one. `exists`: there is a secret of
   * this name, nothing was written.
   */
  create(secretId: string, value: readonly SigningSecret[]): Promise<'created' | 'exists'>;
  /** From now on both the new and the old value sign. */
  rotate(secretId: string, value: readonly SigningSecret[]): Promise<void>;
  /** Ends a rotation: the old value signs no more. */
  finishRotation(secretId: string): Promise<'finished' | 'none'>;
  /**
   * Which values sign: when the current one was put there, and whether the one before still signs.
   */
  state(
    secretId: string,
  ): Promise<{ readonly currentSince: string; readonly isRotating: boolean } | undefined>;
  /** Recoverable for 7 days. */
  remove(secretId: string): Promise<void>;
}
