import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { errorName, ServiceError } from '../core/service-error.ts';
import type { Log } from '../ports/log.ts';

/**
 * Runs `work` on the keys of all stream records concurrently. Lambda reads again from the first
 * record whose work fails.
 */
export async function eachStreamRecord(
  event: DynamoDBStreamEvent,
  log: Log,
  work: (keys: { readonly pk: string; readonly sk: string }) => Promise<void>,
): Promise<DynamoDBBatchResponse> {
  const failed = await Promise.all(
    event.Records.map(async ({ dynamodb }: DynamoDBRecord) => {
      const itemIdentifier = dynamodb?.SequenceNumber ?? '';
      const pk = dynamodb?.Keys?.['pk']?.S ?? '';
      const sk = dynamodb?.Keys?.['sk']?.S ?? '';
      try {
        await work({ pk, sk });
        return [];
      } catch (error) {
        log.error('message.failed', {
          messageId: itemIdentifier,
          // The stream carries keys only; the id of the event is in the item.
          correlationId: itemIdentifier,
          record: pk,
          item: sk,
          error: error instanceof ServiceError ? error.code : errorName(error),
        });
        return [{ itemIdentifier }];
      }
    }),
  );
  return { batchItemFailures: failed.flat() };
}
