import type { EndpointId } from './ids.ts';
import { ownSecretName } from './secret-name.ts';

/**
 * Whether an endpoint may sign with a secret: with its own, or with one that an operator created
 * beside it, such as `<prefix>ep_crm-2026`. With the secret of another endpoint its messages would
 * be valid at the receiver of that one.
 * @param secretId name or ARN
 * @param prefix of the names of all signing secrets of the stack
 */
export function isSecretOf(id: EndpointId, secretId: string, prefix: string): boolean {
  const own = ownSecretName(id, prefix);
  const name = secretNameIn(secretId);
  // An id contains no hyphen. In an ARN, a hyphen and six characters follow the name.
  return name === own || name.startsWith(`${own}-`);
}

export function allowedSecrets(id: EndpointId, prefix: string): string {
  const own = ownSecretName(id, prefix);
  return `${own}, or a name that begins with ${own}-`;
}

/** Without the value: someone may have put the secret itself there. */
export function foreignSecretText(id: EndpointId, prefix: string): string {
  return `secretId does not name a secret of ${id}; allowed: ${allowedSecrets(id, prefix)}`;
}

/** Returns the name, in an ARN with the characters that Secrets Manager adds. */
export function secretNameIn(secretId: string): string {
  return secretId.startsWith('arn:') ? secretId.split(':').slice(6).join(':') : secretId;
}
