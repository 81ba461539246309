import { errorName, laterAfter, never, ServiceError } from '../core/service-error.ts';

/** How soon to try again after DynamoDB, SQS or Secrets Manager failed: they recover within seconds. */
const recoveryMs = 2_000;

/** Runs a DynamoDB call. What it cannot take is refused for good; whatever else it throws may pass. */
export async function storeCall<T>(operation: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof ServiceError) throw cause;
    const details = { operation, error: errorName(cause) };
    if (details.error === 'ValidationException')
      throw new ServiceError('store.refused', details, { retry: never, cause });
    throw new ServiceError('store.unavailable', details, { retry: laterAfter(recoveryMs), cause });
  }
}

/** Runs an SQS call. */
export async function queueCall<T>(operation: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    const details = { operation, error: errorName(cause) };
    throw new ServiceError('queue.unavailable', details, { retry: laterAfter(recoveryMs), cause });
  }
}
