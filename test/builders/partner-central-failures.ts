import { laterAfter, never, ServiceError } from '../../lambdas/core/service-error.ts';

// The errors of a read of Partner Central, as described at the port.

export function throttled(operation: string): ServiceError {
  return new ServiceError('partner-central.throttled', { operation }, { retry: laterAfter(1_000) });
}

export function unavailable(operation: string): ServiceError {
  const details = { operation, error: 'InternalServerException' };
  return new ServiceError('partner-central.unavailable', details, { retry: laterAfter(2_000) });
}

export function notFound(operation: string): ServiceError {
  return new ServiceError('partner-central.not-found', { operation }, { retry: never });
}

export function accessDenied(operation: string): ServiceError {
  return new ServiceError('partner-central.access-denied', { operation }, { retry: never });
}

export function invalid(operation: string): ServiceError {
  const details = { operation, error: 'ValidationException' };
  return new ServiceError('partner-central.invalid', details, { retry: never });
}
