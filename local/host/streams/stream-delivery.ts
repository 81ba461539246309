import { setTimeout as sleep } from 'node:timers/promises';
import type { _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';
import { failedItemIds } from '../event-sources/batch-response.ts';
import { sequenceNumberOf, toStreamRecord } from './stream-event.ts';

export interface StreamDeliveryOptions {
  readonly streamArn: string;
  readonly reportsBatchItemFailures: boolean;
  /** Undefined: no limit. */
  readonly maximumRetryAttempts: number | undefined;
  readonly bisects: boolean;
  readonly timeScale: number;
  readonly invoke: (event: unknown) => Promise<unknown>;
  /** Called with the records that are dropped after the last attempt. */
  readonly giveUp: (records: readonly StreamRecord[], attempts: number) => void;
  readonly isStopped: () => boolean;
}

/** Backoff before scaling: 200 ms, doubling, at most 30 s. That of Lambda is not documented. */
const firstRetryMs = 200;
const longestRetryMs = 30_000;

/**
 * Delivers records to the function, in order, until each is processed or dropped. After a reported
 * failure it resumes at the first failed record. After a failed invocation it splits the batch, if
 * the mapping bisects.
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

/** @returns `done`, `error` for a failed invocation, or the index of the first failed record */
async function attempt(
  records: readonly StreamRecord[],
  options: StreamDeliveryOptions,
): Promise<'done' | 'error' | number> {
  let response: unknown;
  try {
    response = await options.invoke({
      Records: records.map((record) => toStreamRecord(record, options.streamArn)),
    });
  } catch {
    return 'error';
  }
  if (!options.reportsBatchItemFailures) return 'done';
  const failed = new Set(failedItemIds(response, records.map(sequenceNumberOf)));
  // Records are sorted by sequence number, so the first match is the lowest.
  const index = records.findIndex((record) => failed.has(sequenceNumberOf(record)));
  return index === -1 ? 'done' : index;
}
