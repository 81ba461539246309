import type { EndpointId } from '../core/ids.ts';
import type { SigningSecret } from '../core/signature.ts';

/** The endpoint that messages are signed for. */
export interface Signer {
  readonly id: EndpointId;
  /** Name or ARN of the Secrets Manager secret. */
  readonly secretId: string;
}

export interface SecretStore {
  /**
   * Reads the signing secrets of an endpoint, newest first. During a rotation the previous ones
   * follow.
   * @throws ServiceError `secret.unavailable` (later); `secret.unusable` (later, when an operator
   * has repaired it) if there is no valid secret.
   */
  signingSecrets(signer: Signer): Promise<readonly SigningSecret[]>;
}
