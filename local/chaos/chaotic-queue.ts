import type { Message } from '@aws-sdk/client-sqs';
import { textAt } from '../../lambdas/core/json.ts';
import { tryParseJson } from '../../lambdas/core/json-text.ts';
import type { OutgoingMessage, QueueAccess } from '../host/queues/queue-access.ts';
import { between, type Random } from '../partner-central/seeded-random.ts';

export interface QueueFaults {
  readonly random: Random;
  /** Whether faults are injected. When they end, delayed messages are delivered at once. */
  readonly isOn: () => boolean;
  /** Share of the messages that are delivered twice. */
  readonly duplicateShare: number;
  /** Share of the messages that are delivered late, after later ones. */
  readonly delayedShare: number;
  /** The longest delay of a message or of its duplicate, milliseconds. */
  readonly maxDelayMs: number;
  readonly onDuplicate: () => void;
  /** Replaces the visibility timeout, after which the messages of an ended worker come again. */
  readonly retrySeconds: number;
}

interface Later {
  readonly message: Message;
  readonly dueAtMs: number;
}

/**
 * A queue that delivers messages twice and out of order, and loses all of them when it is purged.
 */
export class ChaoticQueue implements QueueAccess {
  readonly #inner: QueueAccess;
  readonly #faults: QueueFaults;
  #later: Later[] = [];
  /** Messages sent but not removed, by event id. */
  readonly #open = new Map<string, number>();
  readonly #removed = new Set<string>();

  constructor(inner: QueueAccess, faults: QueueFaults) {
    this.#inner = inner;
    this.#faults = faults;
  }

  readonly receive = async (atMost: number): Promise<readonly Message[]> => {
    const { random, isOn } = this.#faults;
    const nowMs = performance.now();
    const isDue = ({ dueAtMs }: Later): boolean => !isOn() || dueAtMs <= nowMs;
    const due = this.#later.filter(isDue).slice(0, atMost);
    this.#later = this.#later.filter((each) => !due.includes(each));
    const fresh = due.length < atMost ? await this.#inner.receive(atMost - due.length) : [];
    const delivered = [
      ...due.map(({ message }) => message),
      ...fresh.flatMap((each) => this.#delayOrDuplicate(each)),
    ];
    return delivered
      .map((message) => ({ message, rank: isOn() ? random() : 0 }))
      .toSorted((a, b) => a.rank - b.rank)
      .map(({ message }) => message);
  };

  readonly remove = async (messages: readonly Message[]): Promise<void> => {
    for (const { MessageId = '', Body = '' } of messages) {
      if (this.#removed.has(MessageId)) continue;
      this.#removed.add(MessageId);
      const id = eventIdIn(Body);
      this.#open.set(id, (this.#open.get(id) ?? 0) - 1);
    }
    await this.#inner.remove(messages);
  };

  readonly retryAfter = async (messages: readonly Message[]): Promise<void> => {
    await this.#inner.retryAfter(messages, this.#faults.retrySeconds);
  };

  readonly send = async (message: OutgoingMessage): Promise<void> => {
    this.noteSent(eventIdIn(message.body));
    await this.#inner.send(message);
  };

  readonly purge = async (): Promise<void> => {
    this.#later = [];
    this.#open.clear();
    await this.#inner.purge();
  };

  readonly isEmpty = async (): Promise<boolean> => this.#later.length === 0 && (await this.#inner.isEmpty());

  /** The caller notes each message that a function sends to this queue. */
  noteSent(eventId: string): void {
    this.#open.set(eventId, (this.#open.get(eventId) ?? 0) + 1);
  }

  /**
   * Ids of the events that a purge may lose. Messages that a function has already received are not
   * lost.
   */
  openEventIds(): readonly string[] {
    return [...this.#open].flatMap(([id, count]) => (count > 0 ? [id] : []));
  }

  /**
   * Chooses whether to delay or duplicate a message.
   * @returns what to deliver now: the message, or nothing
   */
  #delayOrDuplicate(message: Message): readonly Message[] {
    const { random, isOn, duplicateShare, delayedShare, maxDelayMs, onDuplicate } = this.#faults;
    if (!isOn()) return [message];
    const chance = random();
    if (chance >= duplicateShare + delayedShare) return [message];
    this.#later.push({ message, dueAtMs: performance.now() + between(random, 0, maxDelayMs) });
    if (chance >= duplicateShare) return [];
    onDuplicate();
    return [message];
  }
}

function eventIdIn(body: string): string {
  return textAt(tryParseJson(body), 'id') ?? '';
}
