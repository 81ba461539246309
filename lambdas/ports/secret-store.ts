import type { ChatFormat } from '../core/endpoint.ts';
import type { EndpointId } from '../core/ids.ts';
import type { SigningSecret } from '../core/signature.ts';

/** An endpoint, for which messages are signed. */
export interface EndpointSigner {
  readonly id: EndpointId;
  /** Name or ARN of the Secrets Manager secret. */
  readonly secretId: string;
}

/** The endpoint of a chat whose URL is read. */
export interface Channel extends EndpointSigner {
  readonly format: ChatFormat;
}

export interface SecretStore {
  /**
   * Reads the signing secrets of an endpoint, newest first. During a rotation the previous ones
   * follow.
   * @throws ServiceError `secret.unavailable` (later); `secret.unusable` (later, when an operator
   * has repaired it) if there is no valid secret.
   */
  signingSecrets(signer: EndpointSigner): Promise<readonly SigningSecret[]>;
  /**
   * Reads the URL of a channel: the newest value alone, since a message is posted once.
   * @throws ServiceError as `signingSecrets`
   */
  chatUrl(channel: Channel): Promise<string>;
}
