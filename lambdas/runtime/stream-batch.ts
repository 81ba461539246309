import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { errorName, ServiceError } from '../core/service-error.ts';
import type { Log } from '../ports/log.ts';

/** Runs `work` on the keys of every stream record, all at once; Lambda reads again from the first that throws. */
export async function eachStreamRecord(
  event: DynamoDBStreamEvent,
  log: Log,
  work: (keys: { readonly pk: string; readonly sk: string }) => Promise<void>,
): Promise<DynamoDBBatchResponse> {
  const one = async ({ dynamodb }: DynamoDBRecord): Promise<void> => {
    const messageId = dynamodb?.SequenceNumber ?? '';
    const pk = dynamodb?.Keys?.['pk']?.S ?? '';
    const sk = dynamodb?.Keys?.['sk']?.S ?? '';
    try {
      await work({ pk, sk });
    } catch (error) {
      log.error('message.failed', {
        messageId,
        // The stream tells nothing but keys: what led to the version stands in its item.
        correlationId: messageId,
        record: pk,
        item: sk,
        error: error instanceof ServiceError ? error.code : errorName(error),
      });
      throw error;
    }
  };
  return processPartialResponse(event, one, new BatchProcessor(EventType.DynamoDBStreams), {
    throwOnFullBatchFailure: false,
  });
}
