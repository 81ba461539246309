import type { FindingQueue } from '../../lambdas/ports/finding-queue.ts';

export interface InMemoryFindingQueue extends FindingQueue {
  /** Every body sent so far. */
  readonly sent: readonly string[];
  /** Removes and returns all waiting messages. */
  takeAll(): readonly string[];
  /** Adds this many messages of other senders to the depth. */
  crowd(others: number): void;
}

export function inMemoryFindingQueue(): InMemoryFindingQueue {
  const sent: string[] = [];
  let waiting: string[] = [];
  let others = 0;
  return {
    sent,
    takeAll() {
      const taken = waiting;
      waiting = [];
      return taken;
    },
    crowd(howMany) {
      others = howMany;
    },
    depth: async () => waiting.length + others,
    async send(bodies) {
      sent.push(...bodies);
      waiting.push(...bodies);
    },
  };
}
