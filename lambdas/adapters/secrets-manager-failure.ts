import { errorName, laterAfter, never, ServiceError } from '../core/service-error.ts';

/** Somebody has to do something: grant the name or its key, restore what is to be deleted, mend the name. */
const permanent = new Set([
  'AccessDeniedException',
  'DecryptionFailure',
  'InvalidRequestException',
  'InvalidParameterException',
  'ResourceNotFoundException',
  'ValidationException',
]);
const recoveryMs = 2_000;

/** What a call of Secrets Manager threw, as a failure of the port. @param of whose secret it is */
export function secretFailure(
  of: { readonly endpointId: string } | { readonly secretId: string },
  cause: unknown,
): ServiceError<'secret.unusable' | 'secret.unavailable'> {
  const details = { ...of, error: errorName(cause) };
  return permanent.has(details.error)
    ? new ServiceError('secret.unusable', details, { retry: never, cause })
    : new ServiceError('secret.unavailable', details, { retry: laterAfter(recoveryMs), cause });
}
