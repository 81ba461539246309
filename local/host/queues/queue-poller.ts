import type { Message } from '@aws-sdk/client-sqs';
import type { Matcher } from '../../../lambdas/core/event-pattern.ts';
import { failedItemIds } from '../event-sources/batch-response.ts';
import { matchesAnyFilter } from '../event-sources/event-source-mapping.ts';
import type { Poller } from '../event-sources/poller.ts';
import { IdlePause, type WakeSignal } from '../event-sources/wake-up.ts';
import type { QueueAccess } from './queue-access.ts';
import { toFilterInput, toSqsRecord } from './sqs-event.ts';

export interface QueuePollerOptions {
  readonly id: string;
  readonly functionId: string;
  readonly sourceId: string;
  readonly queue: QueueAccess;
  readonly queueArn: string;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly reportsBatchItemFailures: boolean;
  /** Maximum number of batches in progress. */
  readonly concurrency: number;
  readonly filters: readonly Matcher[] | undefined;
  /** Delay before failed messages are visible. @default the visibility timeout of the queue */
  readonly retryAfterSeconds: number | undefined;
  readonly invoke: (event: unknown) => Promise<unknown>;
  /** Notified when a message may have arrived. Polling finds it too, a little later. */
  readonly arrival: WakeSignal;
  readonly onProblem: (message: string) => void;
}

/** An event source mapping of a queue. */
export class QueuePoller implements Poller {
  readonly id: string;
  readonly functionId: string;
  readonly sourceId: string;
  readonly #options: QueuePollerOptions;
  readonly #arrival: WakeSignal;
  readonly #idlePause = new IdlePause(20, 250);
  readonly #batches = new Set<Promise<void>>();
  readonly #loop: Promise<void>;
  #isPaused = false;
  #isStopped = false;
  #isGathering = false;
  #hasReceived = false;

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
    this.#arrival.notify();
  };

  readonly isBusy = (): boolean => this.#batches.size > 0 || this.#hasReceived;

  readonly isDrained = async (): Promise<boolean> =>
    this.#batches.size === 0 && (await this.#options.queue.isEmpty());

  readonly stop = async (): Promise<void> => {
    this.#isStopped = true;
    this.#arrival.notify();
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
      this.#hasReceived = messages.length > 0;
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
        // Wakes the loop, which may wait for a batch to finish.
        this.#arrival.notify();
      });
    this.#batches.add(batch);
  }

  /**
   * Receives messages until the batch is full or the batching window after the first one is over.
   */
  async #gather(): Promise<Message[]> {
    const { batchSize, windowMs } = this.#options;
    const messages = [...(await this.#receive(batchSize))];
    if (messages.length === 0) return messages;
    const closesAt = performance.now() + windowMs;
    while (messages.length < batchSize && performance.now() < closesAt && !this.#isStopped) {
      const more = await this.#receive(batchSize - messages.length);
      messages.push(...more);
      const remainingMs = closesAt - performance.now();
      if (more.length === 0 && remainingMs > 1) await this.#arrival.sleep(remainingMs);
    }
    return messages;
  }

  async #receive(atMost: number): Promise<readonly Message[]> {
    try {
      return await this.#options.queue.receive(atMost);
    } catch (error) {
      this.#problem(error);
      return [];
    }
  }

  async #process(received: readonly Message[]): Promise<void> {
    const { filters, queueArn, queue, retryAfterSeconds } = this.#options;
    const isMatching = (message: Message): boolean => matchesAnyFilter(filters, toFilterInput(message));
    const messages = filters === undefined ? received : received.filter(isMatching);
    const records = messages.map((message) => toSqsRecord(message, queueArn));
    const failed = new Set(records.length === 0 ? [] : await this.#failedMessageIds(records));
    if (this.#isStopped) return;
    const hasFailed = ({ MessageId = '' }: Message): boolean => failed.has(MessageId);
    // Like Lambda, deletes messages that the filters reject.
    await queue.remove(received.filter((message) => !hasFailed(message)));
    const retried = received.filter(hasFailed);
    if (retried.length > 0 && retryAfterSeconds !== undefined)
      await queue.retryAfter(retried, retryAfterSeconds);
  }

  async #failedMessageIds(records: readonly { readonly messageId: string }[]): Promise<readonly string[]> {
    const ids = records.map(({ messageId }) => messageId);
    try {
      const response = await this.#options.invoke({ Records: records });
      return this.#options.reportsBatchItemFailures ? failedItemIds(response, ids) : [];
    } catch {
      // `invoke` reports the error. All messages of the batch are received again.
      return ids;
    }
  }

  #problem(error: unknown): void {
    if (!this.#isStopped)
      this.#options.onProblem(`${this.id}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
