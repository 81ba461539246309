import type { Endpoint } from '../core/endpoint.ts';
import type { SigningSecret } from '../core/signature.ts';

/** Signing secrets. */
export interface SecretStore {
  /**
   * The secrets that sign for an endpoint, newest first: the current one and, while a rotation is under way, the one before.
   * @throws ServiceError `secret.unavailable` (later); `secret.unusable` (never) where there is none or it is no `whsec_` secret.
   */
  signingSecrets(endpoint: Endpoint): Promise<readonly SigningSecret[]>;
}
