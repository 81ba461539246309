import {
  type CancellationReason,
  type DynamoDBClient,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { errorName, ServiceError } from '../core/service-error.ts';

/** A conflict lasts some milliseconds, and each attempt takes as long. */
const mostAttempts = 5;

/**
 * Writes several items at once. The SDK gives a repetition of the request, after a lost answer, the
 * same token, so that DynamoDB answers it as done.
 * @returns undefined if it was done; else why not, one reason for each item: a condition that did
 *   not hold. Then nothing was written.
 */
export async function tryTransaction(
  client: DynamoDBClient,
  operation: string,
  TransactItems: TransactWriteItem[],
): Promise<readonly CancellationReason[] | undefined> {
  try {
    await despiteConflicts(() => client.send(new TransactWriteItemsCommand({ TransactItems })));
    return undefined;
  } catch (error) {
    const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
    if (reasons.some(({ Code }) => Code === 'ConditionalCheckFailed')) return reasons;
    if (!reasons.some(({ Code }) => Code === 'ValidationError')) throw error;
    throw new ServiceError('store.refused', { operation, error: 'ValidationError' }, { cause: error });
  }
}

/** Repeats a write that another transaction on one of its items has prevented. */
export async function despiteConflicts<Answer>(write: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (attempt === mostAttempts || !isConflict(error)) throw error;
    }
  }
}

function isConflict(error: unknown): boolean {
  if (errorName(error) === 'TransactionConflictException') return true;
  const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
  // A condition that did not hold either decides.
  return (
    reasons.some(({ Code }) => Code === 'TransactionConflict') &&
    !reasons.some(({ Code }) => Code === 'ConditionalCheckFailed')
  );
}
