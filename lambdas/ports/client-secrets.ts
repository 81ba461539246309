import type { SigningSecret } from '../core/signature.ts';

export interface ClientSecrets {
  /**
   * Reads the secrets with which a client signs, newest first. During a rotation the previous ones
   * follow.
   * @throws ServiceError `secret.unavailable` (later); `secret.unusable` if there is no valid
   *   secret.
   */
  readonly read: (clientId: string) => Promise<readonly SigningSecret[]>;
}
