import type { SQSEvent, SQSMessageAttributes } from 'aws-lambda';
import type { ParkReason } from '../../lambdas/ports/work-queue.ts';
import { type ParkedMessage, receivedTooOften } from '../observation.ts';
import { between, pick, type Random } from '../partner-central/seeded-random.ts';
import type { Faults } from './faults.ts';
import type { Consumer, Invocation } from './lambda-function.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

export interface QueueSettings {
  /** Short name, such as `deliver`. */
  readonly name: string;
  /** How long each new message stays invisible. */
  readonly deliveryDelayMs: number;
  readonly visibilityTimeoutMs: number;
  readonly batchSize: number;
  /** How long Lambda collects messages for a batch. */
  readonly batchingWindowMs: number;
  /** Most invocations of the event source at the same time. */
  readonly maxConcurrency: number;
}

export interface QueueDeps {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly trace: Trace;
  readonly random: Random;
  /** Notified of the body of each message that is sent. */
  readonly onSent: (queue: string, body: string) => void;
  /** Notified of each message that is parked. */
  readonly onParked: (message: ParkedMessage) => void;
}

interface Message {
  readonly id: string;
  readonly body: string;
  readonly timesSentAgain: number;
  visibleAtMs: number;
  receives: number;
  firstReceivedAtMs?: number;
}

/** As in lib/constructs/work-queue.ts, where SQS keeps a message for 14 days. */
const maxReceiveCount = 5;
const dayMs = 86_400_000;
const retentionMs = 14 * dayMs;

/**
 * A queue of SQS with its event source mapping. It delivers at least once and in any order, with
 * visibility timeouts, receive counts and a parked queue. A message can survive its deletion, if a
 * server that has a copy is unavailable. Sources: the SQS developer guide, "Amazon SQS standard
 * queues" and "Amazon SQS at-least-once delivery"; the Lambda developer guide, "Handling errors for
 * an SQS event source in Lambda".
 */
export class Queue {
  readonly #settings: QueueSettings;
  readonly #deps: QueueDeps;
  readonly #messages = new Set<Message>();
  /** Every message that was sent, with when. */
  readonly #history: { readonly body: string; readonly timesSentAgain: number; readonly atMs: number }[] = [];
  #consumer: Consumer<SQSEvent> | undefined;
  #running = 0;
  #sent = 0;
  #pollAtMs = Number.POSITIVE_INFINITY;

  constructor(settings: QueueSettings, deps: QueueDeps) {
    this.#settings = settings;
    this.#deps = deps;
  }

  get name(): string {
    return this.#settings.name;
  }

  /** Messages that wait, are delayed, or are being processed. */
  get depth(): number {
    return this.#messages.size;
  }

  /** When the next message is visible; infinity if there is none. */
  get nextAtMs(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...[...this.#messages].map(({ visibleAtMs }) => visibleAtMs));
  }

  connect(consumer: Consumer<SQSEvent>): void {
    this.#consumer = consumer;
  }

  /** @param delayMs instead of the delay of the queue */
  send(body: string, delayMs?: number, timesSentAgain = 0): void {
    const { faults, scheduler, onSent } = this.#deps;
    const { name, deliveryDelayMs } = this.#settings;
    onSent(name, body);
    this.#history.push({ body, timesSentAgain, atMs: scheduler.nowMs() });
    const delay = delayMs === undefined ? deliveryDelayMs : Math.ceil(delayMs / 1_000) * 1_000;
    const lateMs = this.#strikes('queue-late', 'delivers a message late')
      ? between(faults.random('queue-late'), 1_000, 120_000)
      : 0;
    this.#add(body, delay + lateMs, timesSentAgain);
    if (this.#strikes('queue-doubled', 'delivers a message twice'))
      this.#add(body, delay + between(faults.random('queue-doubled'), 0, 60_000), timesSentAgain);
    if (this.#strikes('queue-doubled-late', 'delivers a message again, days later'))
      this.#add(
        body,
        delay + between(faults.random('queue-doubled-late'), dayMs / 4, 3 * dayMs),
        timesSentAgain,
      );
  }

  /** Some messages come again, at any time until SQS deletes them. */
  repeatInWeeks(): void {
    const { scheduler, faults } = this.#deps;
    for (const { body, timesSentAgain, atMs } of this.#history.splice(0)) {
      const leftMs = atMs + retentionMs - scheduler.nowMs();
      if (leftMs > 0 && this.#strikes('queue-doubled-weeks', 'delivers a message again, weeks later'))
        this.#add(body, between(faults.random('queue-doubled-weeks'), 0, leftMs), timesSentAgain);
    }
  }

  /** @param unpolled the queue beside this one that gets the message */
  park(body: string, { code, reason }: ParkReason, unpolled: 'Kept' | 'Parked' = 'Parked'): void {
    const queueId = `${this.name}/${unpolled}`;
    this.#deps.onSent(queueId, `${body} ${reason}`);
    this.#deps.onParked({ queueId, body, code, reason });
  }

  /**
   * Deletes all messages, also those that a worker has, as PurgeQueue does.
   * @returns their bodies
   */
  purge(): readonly string[] {
    const lost = [...this.#messages];
    this.#messages.clear();
    return lost.map(({ body }) => body);
  }

  #strikes(kind: Parameters<Faults['strikes']>[0], what: string): boolean {
    return this.#deps.faults.strikes(kind, `queue ${this.name}`, what);
  }

  #add(body: string, delayMs: number, timesSentAgain: number): void {
    this.#sent += 1;
    const visibleAtMs = this.#deps.scheduler.nowMs() + delayMs;
    const id = `${this.name}-${this.#sent}`;
    this.#messages.add({ id, body, timesSentAgain, visibleAtMs, receives: 0 });
    this.#pollAt(visibleAtMs + between(this.#deps.random, 1, 20));
  }

  #pollAt(atMs: number): void {
    if (this.#pollAtMs <= atMs) return;
    this.#pollAtMs = atMs;
    this.#deps.scheduler.at(atMs, () => {
      if (this.#pollAtMs !== atMs) return;
      this.#pollAtMs = Number.POSITIVE_INFINITY;
      this.#poll();
    });
  }

  /** Invokes the consumer with visible messages, and plans the next poll. */
  #poll(): void {
    const { scheduler, random } = this.#deps;
    const { batchSize, visibilityTimeoutMs, maxConcurrency, batchingWindowMs } = this.#settings;
    const nowMs = scheduler.nowMs();
    if (this.#running < maxConcurrency) {
      const visible = [...this.#messages].filter(({ visibleAtMs }) => visibleAtMs <= nowMs);
      const batch: Message[] = [];
      while (visible.length > 0 && batch.length < batchSize) {
        const message = pick(random, visible);
        visible.splice(visible.indexOf(message), 1);
        message.receives += 1;
        message.firstReceivedAtMs ??= nowMs;
        message.visibleAtMs = nowMs + visibilityTimeoutMs;
        if (message.receives > maxReceiveCount) this.#giveUp(message);
        else batch.push(message);
      }
      if (batch.length > 0) this.#invoke(batch);
    }
    const next = this.nextAtMs;
    if (Number.isFinite(next) && this.#running < maxConcurrency)
      this.#pollAt(Math.max(next, nowMs + 1) + between(random, 0, Math.max(20, batchingWindowMs)));
  }

  #giveUp(message: Message): void {
    this.#messages.delete(message);
    this.#deps.onParked({
      queueId: `${this.name}/Parked`,
      body: message.body,
      code: receivedTooOften,
      reason: undefined,
    });
  }

  #invoke(batch: readonly Message[]): void {
    const { trace } = this.#deps;
    this.#running += 1;
    const release = (): void => {
      this.#running -= 1;
    };
    const invocation: Invocation<SQSEvent> = {
      event: sqsEvent(batch),
      onEnd: (answer) => {
        release();
        const failed = answer.outcome === 'answered' ? failedIdsIn(answer.value) : undefined;
        for (const message of batch) {
          if (failed === undefined || failed.has(message.id)) continue;
          if (this.#strikes('queue-delete-lost', `keeps ${message.id}, although it was processed`)) continue;
          this.#messages.delete(message);
        }
        this.#pollAt(this.#deps.scheduler.nowMs() + 1);
      },
      onThrottled: () => {
        release();
        // Lambda keeps the batch and tries again, so SQS counts no further receive.
        for (const message of batch) message.receives -= 1;
        const nowMs = this.#deps.scheduler.nowMs();
        for (const message of batch) message.visibleAtMs = nowMs + between(this.#deps.random, 500, 5_000);
        this.#pollAt(nowMs + 500);
      },
    };
    trace.note(
      `queue ${this.name}`,
      `delivers ${batch.map(({ id, receives }) => `${id} (${receives})`).join(', ')}`,
    );
    this.#consumer?.invoke(invocation);
  }
}

/** The ids that a batch answer names as failed. */
export function failedIdsIn(answer: unknown): ReadonlySet<string> {
  const failures =
    typeof answer === 'object' && answer !== null && 'batchItemFailures' in answer
      ? answer.batchItemFailures
      : [];
  if (!Array.isArray(failures)) return new Set();
  return new Set(failures.map(({ itemIdentifier }) => String(itemIdentifier)));
}

function attributesOf(timesSentAgain: number): SQSMessageAttributes {
  if (timesSentAgain === 0) return {};
  return { timesSentAgain: { dataType: 'Number', stringValue: String(timesSentAgain) } };
}

function sqsEvent(batch: readonly Message[]): SQSEvent {
  return {
    Records: batch.map(({ id, body, timesSentAgain, receives, firstReceivedAtMs }) => ({
      messageId: id,
      receiptHandle: id,
      body,
      attributes: {
        ApproximateReceiveCount: String(receives),
        SentTimestamp: '0',
        SenderId: 'simulation',
        ApproximateFirstReceiveTimestamp: String(Math.floor(firstReceivedAtMs ?? 0)),
      },
      messageAttributes: attributesOf(timesSentAgain),
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:111122223333:simulation',
      awsRegion: 'us-east-1',
    })),
  };
}
