import type { SecretAdmin } from '../../bin/pcr/stores/secret-admin.ts';
import { parseChatUrl } from '../../lambdas/core/chat-url.ts';
import { ServiceError } from '../../lambdas/core/service-error.ts';
import { parseSigningKey, parseSigningSecret } from '../../lambdas/core/signature.ts';
import type { SecretStore } from '../../lambdas/ports/secret-store.ts';

export interface InMemorySecretStore extends SecretStore, SecretAdmin {
  /** Sets the signing secrets, newest first, or the URL of a chat. */
  set(secretId: string, ...secrets: Value): void;
}

/** As Secrets Manager has them: signing secrets, or the URL of a chat. */
type Value = readonly string[];

export function inMemorySecretStore(): InMemorySecretStore {
  /** Current secrets, and previous ones during a rotation. */
  const bySecretId = new Map<string, { readonly current: Value; readonly before?: Value }>();
  const found = (secretId: string) => {
    const values = bySecretId.get(secretId);
    if (values?.current[0]) return values;
    const details = { secretId, error: 'ResourceNotFoundException' };
    throw new ServiceError('secret.unusable', details);
  };
  return {
    set(secretId, ...secrets) {
      bySecretId.set(secretId, { current: secrets });
    },
    async signingSecrets(signer) {
      const { current = [], before = [] } = bySecretId.get(signer.secretId) ?? {};
      const secrets = [...current, ...before].flatMap(
        (value) => parseSigningSecret(value) ?? parseSigningKey(value) ?? [],
      );
      if (secrets.length > 0) return secrets;
      const error = 'there is no current version';
      throw new ServiceError('secret.unusable', { endpointId: signer.id, error });
    },
    async chatUrl({ id: endpointId, secretId, format }) {
      const url = parseChatUrl((bySecretId.get(secretId)?.current ?? []).join(' '), format);
      if (url !== undefined) return url;
      throw new ServiceError('secret.unusable', { endpointId, error: 'the current version is no URL' });
    },
    async create(secretId, current) {
      if (bySecretId.has(secretId)) return 'exists';
      bySecretId.set(secretId, { current });
      return 'created';
    },
    async rotate(secretId, current) {
      bySecretId.set(secretId, { current, before: found(secretId).current });
    },
    async finishRotation(secretId) {
      const { current, before } = found(secretId);
      bySecretId.set(secretId, { current });
      return before ? 'finished' : 'none';
    },
    async state(secretId) {
      const values = bySecretId.get(secretId);
      return values && { currentSince: '2026-03-01T10:00:00.000Z', isRotating: values.before !== undefined };
    },
    async listNames(prefix) {
      return [...bySecretId.keys()].filter((name) => name.startsWith(prefix));
    },
    async remove(secretId) {
      bySecretId.delete(secretId);
    },
  };
}
