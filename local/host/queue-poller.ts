import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { failedItems } from './batch-response.ts';
import type { Matcher } from './event-pattern.ts';
import { passes } from './event-source.ts';
import type { Poller } from './poller.ts';
import { filterableMessage, sqsRecord } from './sqs-event.ts';
import { IdlePause, type WakeUp } from './wake-up.ts';

export interface QueuePollerOptions {
  readonly id: string;
  readonly functionId: string;
  readonly sourceId: string;
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly reportsBatchItemFailures: boolean;
  /** Most batches at a time. */
  readonly concurrency: number;
  readonly filters: readonly Matcher[] | undefined;
  /** Failed messages are made visible after this time; undefined leaves them to the visibility timeout of the queue. */
  readonly retryAfterSeconds: number | undefined;
  readonly invoke: (event: unknown) => Promise<unknown>;
  /** Rings when a message may have arrived; polling alone finds it too, a little later. */
  readonly arrival: WakeUp;
  readonly onProblem: (message: string) => void;
}

const receiveMaximum = 10;
/** With a backlog, this many receives run at once to fill a batch of more than ten. */
const parallelReceives = 4;

/** An event source mapping from a queue. */
export class QueuePoller implements Poller {
  readonly id: string;
  readonly functionId: string;
  readonly sourceId: string;
  readonly #options: QueuePollerOptions;
  readonly #arrival: WakeUp;
  readonly #idlePause = new IdlePause(20, 250);
  readonly #batches = new Set<Promise<void>>();
  readonly #loop: Promise<void>;
  #isPaused = false;
  #isStopped = false;
  #isGathering = false;

  constructor(options: QueuePollerOptions) {
    this.id = options.id;
    this.functionId = options.functionId;
    this.sourceId = options.sourceId;
    this.#options = options;
    this.#arrival = options.arrival;
    this.#loop = this.#run();
  }

  readonly pause = async (): Promise<void> => {
    this.#isPaused = true;
    while (this.#isGathering || this.#batches.size > 0) {
      await Promise.all(this.#batches);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  readonly resume = (): void => {
    this.#isPaused = false;
    this.#arrival.ring();
  };

  readonly isDrained = async (): Promise<boolean> => {
    if (this.#batches.size > 0) return false;
    // Visible, in flight, delayed.
    const names = [
      'ApproximateNumberOfMessages',
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateNumberOfMessagesDelayed',
    ] as const;
    const { client, queueUrl } = this.#options;
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...names] }),
    );
    return names.every((name) => Number(Attributes[name] ?? 0) === 0);
  };

  readonly stop = async (): Promise<void> => {
    this.#isStopped = true;
    this.#arrival.ring();
    await this.#loop;
    await Promise.all(this.#batches);
  };

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      if (this.#isPaused || this.#batches.size >= this.#options.concurrency) {
        await this.#arrival.sleep(250);
        continue;
      }
      this.#isGathering = true;
      const messages = await this.#gather();
      if (messages.length > 0) this.#dispatch(messages);
      this.#isGathering = false;
      if (messages.length > 0) this.#idlePause.reset();
      else await this.#arrival.sleep(this.#idlePause.nextMs());
    }
  }

  #dispatch(messages: readonly Message[]): void {
    const batch = this.#process(messages)
      .catch((error: unknown) => this.#problem(error))
      .finally(() => {
        this.#batches.delete(batch);
        // A place is free: the loop may be asleep waiting for one.
        this.#arrival.ring();
      });
    this.#batches.add(batch);
  }

  /** Takes messages until the batch is full or the window, which opens with the first message, is over. */
  async #gather(): Promise<Message[]> {
    const { batchSize, windowMs } = this.#options;
    const messages = await this.#receive(batchSize);
    if (messages.length === 0) return messages;
    const closesAt = performance.now() + windowMs;
    let hasBacklog = messages.length === receiveMaximum;
    while (messages.length < batchSize && performance.now() < closesAt && !this.#isStopped) {
      const missing = batchSize - messages.length;
      const receives = hasBacklog ? Math.min(parallelReceives, Math.ceil(missing / receiveMaximum)) : 1;
      const received = await Promise.all(
        Array.from({ length: receives }, (_, index) => this.#receive(missing - index * receiveMaximum)),
      );
      messages.push(...received.flat());
      hasBacklog = received.every(({ length }) => length === receiveMaximum);
      const remainingMs = closesAt - performance.now();
      if (received.flat().length === 0 && remainingMs > 1) await this.#arrival.sleep(remainingMs);
    }
    return messages;
  }

  async #receive(atMost: number): Promise<Message[]> {
    const { client, queueUrl } = this.#options;
    const command = new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: Math.min(receiveMaximum, atMost),
      WaitTimeSeconds: 0,
      // The embedded SQS knows the old name of this parameter alone, others know both.
      AttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    try {
      return (await client.send(command)).Messages ?? [];
    } catch (error) {
      this.#problem(error);
      return [];
    }
  }

  async #process(received: readonly Message[]): Promise<void> {
    const { filters, queueArn } = this.#options;
    const isWanted = (message: Message): boolean => passes(filters, filterableMessage(message));
    const messages = filters === undefined ? received : received.filter(isWanted);
    const records = messages.map((message) => sqsRecord(message, queueArn));
    const failed = new Set(records.length === 0 ? [] : await this.#failedMessageIds(records));
    if (this.#isStopped) return;
    const hasFailed = ({ MessageId = '' }: Message): boolean => failed.has(MessageId);
    await Promise.all([
      // Lambda deletes what its filters reject, too.
      this.#delete(received.filter((message) => !hasFailed(message))),
      this.#retry(received.filter(hasFailed)),
    ]);
  }

  async #failedMessageIds(records: readonly { readonly messageId: string }[]): Promise<readonly string[]> {
    const ids = records.map(({ messageId }) => messageId);
    try {
      const response = await this.#options.invoke({ Records: records });
      return this.#options.reportsBatchItemFailures ? failedItems(response, ids) : [];
    } catch {
      // Reported by whoever invokes; here it only means that every message comes again.
      return ids;
    }
  }

  async #delete(messages: readonly Message[]): Promise<void> {
    const { client, queueUrl: QueueUrl } = this.#options;
    for (const Entries of entriesByTen(messages)) {
      await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  }

  async #retry(messages: readonly Message[]): Promise<void> {
    const { client, queueUrl: QueueUrl, retryAfterSeconds } = this.#options;
    if (retryAfterSeconds === undefined) return;
    for (const entries of entriesByTen(messages)) {
      const Entries = entries.map((entry) => ({ ...entry, VisibilityTimeout: retryAfterSeconds }));
      await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
    }
  }

  #problem(error: unknown): void {
    if (!this.#isStopped)
      this.#options.onProblem(`${this.id}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function* entriesByTen(messages: readonly Message[]) {
  for (let start = 0; start < messages.length; start += 10) {
    yield messages
      .slice(start, start + 10)
      .map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle: ReceiptHandle ?? '' }));
  }
}
