import { setTimeout as sleep } from 'node:timers/promises';
import type { _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';
import { failedItems } from '../event-sources/batch-response.ts';
import { sequenceNumberOf, streamRecord } from './stream-event.ts';

export interface StreamDeliveryOptions {
  readonly streamArn: string;
  readonly reportsBatchItemFailures: boolean;
  /** Undefined: for ever. */
  readonly maximumRetryAttempts: number | undefined;
  readonly bisects: boolean;
  readonly timeScale: number;
  readonly invoke: (event: unknown) => Promise<unknown>;
  /** Called with records given up after the last attempt. */
  readonly giveUp: (records: readonly StreamRecord[], attempts: number) => void;
  readonly isStopped: () => boolean;
}

/** Lambda does not publish its back-off between attempts; before scaling: 200 ms, doubling, at most 30 s. */
const firstRetryMs = 200;
const longestRetryMs = 30_000;

/**
 * Hands records to the function, in order, until every one is done or given up. After a reported failure it resumes at the
 * lowest failed record; after an error of the whole invocation it halves the batch where the mapping says so.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export async function deliverRecords(
  records: readonly StreamRecord[],
  options: StreamDeliveryOptions,
  earlierAttempts = 0,
): Promise<void> {
  let remaining = records;
  let attempts = earlierAttempts;
  while (remaining.length > 0 && !options.isStopped()) {
    const outcome = await attempt(remaining, options);
    if (outcome === 'done') return;
    if (outcome === 'error' && options.bisects && remaining.length > 1) {
      const middle = Math.ceil(remaining.length / 2);
      // A split does not use up an attempt.
      await deliverRecords(remaining.slice(0, middle), options, attempts);
      await deliverRecords(remaining.slice(middle), options, attempts);
      return;
    }
    const failedAt = outcome === 'error' ? 0 : outcome;
    remaining = remaining.slice(failedAt);
    attempts = failedAt > 0 ? 1 : attempts + 1;
    if (options.maximumRetryAttempts !== undefined && attempts > options.maximumRetryAttempts) {
      options.giveUp(remaining, attempts);
      return;
    }
    const backOffMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(attempts - 1, 20));
    await sleep(backOffMs * options.timeScale);
  }
}

/** `done`, `error` when the invocation failed, or the index of the lowest record reported as failed. */
async function attempt(
  records: readonly StreamRecord[],
  options: StreamDeliveryOptions,
): Promise<'done' | 'error' | number> {
  let response: unknown;
  try {
    response = await options.invoke({
      Records: records.map((record) => streamRecord(record, options.streamArn)),
    });
  } catch {
    return 'error';
  }
  if (!options.reportsBatchItemFailures) return 'done';
  const failed = new Set(failedItems(response, records.map(sequenceNumberOf)));
  // Records are in the order of their sequence numbers, so the first one found is the lowest.
  const index = records.findIndex((record) => failed.has(sequenceNumberOf(record)));
  return index === -1 ? 'done' : index;
}
