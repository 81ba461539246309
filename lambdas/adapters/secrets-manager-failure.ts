import { errorName, ServiceError } from '../core/service-error.ts';

/**
 * Errors that need an operator: grant access to the secret or its key, restore it, or correct its
 * name.
 */
const permanent = new Set([
  'AccessDeniedException',
  'DecryptionFailure',
  'KMSAccessDeniedException',
  'KMSDisabledException',
  'KMSInvalidStateException',
  'KMSNotFoundException',
  'InvalidRequestException',
  'InvalidParameterException',
  'ResourceNotFoundException',
  'ValidationException',
]);

/** What a secret belongs to, as errors name it. */
export type SecretOwner = { readonly endpointId: string } | { readonly clientId: string };

/**
 * Translates an error of Secrets Manager.
 * @param owner what the secret belongs to, or the secret
 */
export function secretFailure(
  owner: SecretOwner | { readonly secretId: string },
  cause: unknown,
): ServiceError<'secret.unusable' | 'secret.unavailable'> {
  const details = { ...owner, error: errorName(cause) };
  return permanent.has(details.error)
    ? new ServiceError('secret.unusable', details, { cause })
    : new ServiceError('secret.unavailable', details, { cause });
}
