/** One signing secret, a symmetric and an asymmetric one, or the URL of a chat. */
export type SecretValue = readonly string[];

/**
 * Creates and rotates the secrets of endpoints for operators.
 * @throws ServiceError `secret.unavailable`, `secret.unusable` (later).
 */
export interface SecretAdmin {
  /** `exists`: the name is in use; nothing was written. */
  create(secretId: string, value: SecretValue): Promise<'created' | 'exists'>;
  /** Adds a value: the new and the old one both sign. */
  rotate(secretId: string, value: SecretValue): Promise<void>;
  /** Ends a rotation: the old value no longer signs. */
  finishRotation(secretId: string): Promise<'finished' | 'none'>;
  /** Returns when the current value was set, and whether the previous one still signs. */
  state(
    secretId: string,
  ): Promise<{ readonly currentSince: string; readonly isRotating: boolean } | undefined>;
  /** Names of the secrets that begin so, without those that are scheduled for deletion. */
  listNames(prefix: string): Promise<readonly string[]>;
  /** Recoverable for 7 days. */
  remove(secretId: string): Promise<void>;
}
