import { never, ServiceError } from '../../lambdas/core/service-error.ts';
import type { SigningSecret } from '../../lambdas/core/signature.ts';
import type { SecretStore } from '../../lambdas/ports/secret-store.ts';

export interface InMemorySecretStore extends SecretStore {
  /** Sets the secrets that sign, newest first. */
  set(secretId: string, ...secrets: readonly SigningSecret[]): void;
}

export function inMemorySecretStore(): InMemorySecretStore {
  const bySecretId = new Map<string, readonly SigningSecret[]>();
  return {
    set(secretId, ...secrets) {
      bySecretId.set(secretId, secrets);
    },
    async signingSecrets({ id: endpointId, secretId }) {
      const secrets = bySecretId.get(secretId);
      if (secrets?.[0]) return [...secrets];
      const error = 'there is no current version';
      throw new ServiceError('secret.unusable', { endpointId, error }, { retry: never });
    },
  };
}
