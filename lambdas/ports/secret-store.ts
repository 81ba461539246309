import type { EndpointId } from '../core/ids.ts';
import type { SigningSecret } from '../core/signature.ts';

/** Whose secret it is. */
export interface Signer {
  readonly id: EndpointId;
  /** Name or ARN of the Secrets Manager secret. */
  readonly secretId: string;
}

/** Signing secrets. */
export interface SecretStore {
  /**
   * The secrets that sign for an endpoint, newest first: the current ones and, while a rotation is under way, those before.
   * @throws ServiceError `secret.unavailable` (later); `secret.unusable` (never) where there is none or it is no `whsec_` secret.
   */
  signingSecrets(signer: Signer): Promise<readonly SigningSecret[]>;
}
