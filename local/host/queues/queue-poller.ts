import type { Message } from '@aws-sdk/client-sqs';
import type { Matcher } from '../../../lambdas/core/event-pattern.ts';
import { failedItems } from '../event-sources/batch-response.ts';
import { passes } from '../event-sources/event-source-mapping.ts';
import type { Poller } from '../event-sources/poller.ts';
import { IdlePause, type WakeUp } from '../event-sources/wake-up.ts';
import type { QueueAccess } from './queue-access.ts';
import { filterableMessage, sqsRecord } from './sqs-event.ts';

export interface QueuePollerOptions {
  readonly id: string;
  readonly functionId: string;
  readonly sourceId: string;
  readonly queue: QueueAccess;
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

  readonly isDrained = async (): Promise<boolean> =>
    this.#batches.size === 0 && (await this.#options.queue.isEmpty());

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
    const isWanted = (message: Message): boolean => passes(filters, filterableMessage(message));
    const messages = filters === undefined ? received : received.filter(isWanted);
    const records = messages.map((message) => sqsRecord(message, queueArn));
    const failed = new Set(records.length === 0 ? [] : await this.#failedMessageIds(records));
    if (this.#isStopped) return;
    const hasFailed = ({ MessageId = '' }: Message): boolean => failed.has(MessageId);
    // Lambda deletes what its filters reject, too.
    await queue.remove(received.filter((message) => !hasFailed(message)));
    const again = received.filter(hasFailed);
    if (again.length > 0 && retryAfterSeconds !== undefined) await queue.retryAfter(again, retryAfterSeconds);
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

  #problem(error: unknown): void {
    if (!this.#isStopped)
      this.#options.onProblem(`${this.id}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
