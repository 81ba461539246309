import { errorName, ServiceError } from '../core/service-error.ts';

/** Runs a DynamoDB call. An invalid request fails permanently; every other failure is transient. */
export async function storeCall<T>(operation: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof ServiceError) throw cause;
    const error = errorName(cause);
    const code = error === 'ValidationException' ? 'store.refused' : 'store.unavailable';
    throw new ServiceError(code, { operation, error }, { cause });
  }
}

/** Runs an SQS call. Every failure is transient. */
export async function queueCall<T>(operation: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw new ServiceError('queue.unavailable', { operation, error: errorName(cause) }, { cause });
  }
}

/** Every name by which services of AWS say "slow down". */
const throttlingNames: ReadonlySet<string> = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'ServiceQuotaExceededException',
  'SlowDown',
  'Throttled',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequests',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);

/** Whether AWS asks this stack to slow down, by any of its names or by HTTP status 429. */
export function isThrottling(name: string, status: number | undefined): boolean {
  return status === 429 || throttlingNames.has(name);
}
