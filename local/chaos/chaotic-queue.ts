import type { Message } from '@aws-sdk/client-sqs';
import { textAt } from '../../lambdas/core/json.ts';
import type { OutgoingMessage, QueueAccess } from '../host/queues/queue-access.ts';
import { between, type Random } from '../partner-central/seeded-random.ts';
import { parseJson } from './record-paths.ts';

export interface QueueFaults {
  readonly random: Random;
  /** Whether mischief is still made; afterwards what was held back comes at once. */
  readonly isOn: () => boolean;
  /** Share of the messages that come a second time, and of those that come later than those after them. */
  readonly doubledShare: number;
  readonly heldShare: number;
  /** The longest that a message is held back, or its double comes after it. */
  readonly longestHoldMs: number;
  readonly onDoubled: () => void;
  /** What the functions' visibility timeout amounts to: messages of a worker that ended come again after so long. */
  readonly retrySeconds: number;
}

interface Later {
  readonly message: Message;
  readonly dueAtMs: number;
}

/** A queue at its worst: messages twice and out of order, and all of them lost where somebody purges it. */
export class ChaoticQueue implements QueueAccess {
  readonly #inner: QueueAccess;
  readonly #mischief: QueueFaults;
  #later: Later[] = [];
  /** By event id: messages sent and not concluded. */
  readonly #open = new Map<string, number>();
  readonly #concluded = new Set<string>();

  constructor(inner: QueueAccess, mischief: QueueFaults) {
    this.#inner = inner;
    this.#mischief = mischief;
  }

  readonly receive = async (atMost: number): Promise<readonly Message[]> => {
    const { random, isOn } = this.#mischief;
    const nowMs = performance.now();
    const isDue = ({ dueAtMs }: Later): boolean => !isOn() || dueAtMs <= nowMs;
    const due = this.#later.filter(isDue).slice(0, atMost);
    this.#later = this.#later.filter((each) => !due.includes(each));
    const fresh = due.length < atMost ? await this.#inner.receive(atMost - due.length) : [];
    const given = [...due.map(({ message }) => message), ...fresh.filter((each) => !this.#holdBack(each))];
    return given
      .map((message) => ({ message, rank: isOn() ? random() : 0 }))
      .toSorted((a, b) => a.rank - b.rank)
      .map(({ message }) => message);
  };

  readonly remove = async (messages: readonly Message[]): Promise<void> => {
    for (const { MessageId = '', Body = '' } of messages) {
      if (this.#concluded.has(MessageId)) continue;
      this.#concluded.add(MessageId);
      const id = eventIdIn(Body);
      this.#open.set(id, (this.#open.get(id) ?? 0) - 1);
    }
    await this.#inner.remove(messages);
  };

  readonly retryAfter = async (messages: readonly Message[]): Promise<void> => {
    await this.#inner.retryAfter(messages, this.#mischief.retrySeconds);
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

  /** To be told of a message that a function sent by itself. */
  noteSent(eventId: string): void {
    this.#open.set(eventId, (this.#open.get(eventId) ?? 0) + 1);
  }

  /** Ids of the events that a purge would lose. Some may be under way at this moment, and come through nevertheless. */
  openEventIds(): readonly string[] {
    return [...this.#open].flatMap(([id, count]) => (count > 0 ? [id] : []));
  }

  /** @returns true where the message is not given out now. */
  #holdBack(message: Message): boolean {
    const { random, isOn, doubledShare, heldShare, longestHoldMs, onDoubled } = this.#mischief;
    if (!isOn()) return false;
    const chance = random();
    if (chance >= doubledShare + heldShare) return false;
    this.#later.push({ message, dueAtMs: performance.now() + between(random, 0, longestHoldMs) });
    if (chance >= doubledShare) return true;
    onDoubled();
    return false;
  }
}

function eventIdIn(body: string): string {
  return textAt(parseJson(body), 'id') ?? '';
}
