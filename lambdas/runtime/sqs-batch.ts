import type { SQSBatchItemFailure, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { messageIdsIn } from '../core/correlation.ts';
import type { Json } from '../core/json.ts';
import { parseJsonText } from '../core/json-text.ts';
import { errorName, reasonOf, ServiceError } from '../core/service-error.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { ParkedQueue, QueuedMessage } from '../ports/work-queue.ts';

/**
 * Runs `work` on all messages concurrently. If the work of a message fails, SQS delivers the
 * message again, and after the last allowed receive moves it to the parked queue.
 */
export async function eachMessage(
  event: SQSEvent,
  log: Log,
  work: (message: QueuedMessage) => Promise<void>,
): Promise<SQSBatchResponse> {
  const failed = await Promise.all(
    event.Records.map(async (record) => {
      try {
        await work(queuedMessage(record));
        return [];
      } catch (error) {
        return failMessage(record, error, log);
      }
    }),
  );
  return { batchItemFailures: failed.flat() };
}

function failMessage(record: SQSRecord, error: unknown, log: Log): readonly SQSBatchItemFailure[] {
  const name = error instanceof ServiceError ? error.code : errorName(error);
  log.error('message.failed', { ...messageIdsIn(record), error: name });
  return [{ itemIdentifier: record.messageId }];
}

export function queuedMessage({ messageId, body, attributes, messageAttributes }: SQSRecord): QueuedMessage {
  const count = Number(messageAttributes['timesSentAgain']?.stringValue ?? 0);
  const timesSentAgain = Number.isSafeInteger(count) && count > 0 ? count : 0;
  const firstReceivedAtMs = Number(attributes.ApproximateFirstReceiveTimestamp);
  return { messageId, body, timesSentAgain, firstReceivedAtMs };
}

export interface DoorbellDeps {
  readonly log: Log;
  readonly parked: ParkedQueue;
  readonly metrics: Metrics<'DoorbellsParked'>;
}

export interface DoorbellWork<Message> {
  readonly parse: (body: Json) => Message;
  /** Works on all messages of the batch. Returns the errors by message. */
  readonly work: (messages: readonly Message[]) => Promise<ReadonlyMap<Message, unknown>>;
  /** True if only the message says that there is work: SQS keeps it after a transient failure. */
  readonly mustKeep?: (message: Message) => boolean;
}

/**
 * Parses the messages of a doorbell queue once, works on them together, and answers SQS.
 * After a transient failure a message is acknowledged: the row is still due, and `sweep` signals it
 * again. A message that can never succeed is parked.
 */
export async function answerDoorbells<Message>(
  event: SQSEvent,
  deps: DoorbellDeps,
  { parse, work, mustKeep = () => false }: DoorbellWork<Message>,
): Promise<SQSBatchResponse> {
  const parsed = event.Records.map((record) => ({ record, ...parseBody(record.body, parse) }));
  const failures = await work(parsed.flatMap((each) => ('message' in each ? [each.message] : [])));
  const failed = await Promise.all(
    parsed.map(async (each) => {
      if ('error' in each) return handleFailure(each.record, each.error, false, deps);
      const { record, message } = each;
      if (!failures.has(message)) return [];
      return handleFailure(record, failures.get(message), mustKeep(message), deps);
    }),
  );
  return { batchItemFailures: failed.flat() };
}

/** Runs `work` on all messages at once. Returns the errors by message. */
export async function collectFailures<Message>(
  messages: readonly Message[],
  work: (message: Message) => Promise<unknown>,
): Promise<ReadonlyMap<Message, unknown>> {
  const failures = new Map<Message, unknown>();
  await Promise.all(messages.map((each) => work(each).catch((error) => failures.set(each, error))));
  return failures;
}

function parseBody<Message>(
  body: string,
  parse: (body: Json) => Message,
): { readonly message: Message } | { readonly error: unknown } {
  try {
    return { message: parse(parseJsonText(body)) };
  } catch (error) {
    return { error };
  }
}

async function handleFailure(
  record: SQSRecord,
  error: unknown,
  mustKeep: boolean,
  { log, parked, metrics }: DoorbellDeps,
): Promise<readonly SQSBatchItemFailure[]> {
  if (!(error instanceof ServiceError)) return failMessage(record, error, log);
  const { code, reason } = reasonOf(error);
  if (error.retry.kind === 'later') {
    if (mustKeep) return failMessage(record, error, log);
    log.warn('message.postponed', { ...messageIdsIn(record), code, reason });
    return [];
  }
  try {
    await parked.park(record.body, { code, reason });
  } catch (parkError) {
    return failMessage(record, parkError, log);
  }
  metrics.count('DoorbellsParked');
  log.warn('message.parked', { ...messageIdsIn(record), code, reason });
  return [];
}
