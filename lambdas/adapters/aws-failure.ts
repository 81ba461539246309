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
