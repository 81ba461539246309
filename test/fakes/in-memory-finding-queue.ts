import type { FindingQueue } from '../../lambdas/ports/finding-queue.ts';

export interface InMemoryFindingQueue extends FindingQueue {
  /** Every body sent so far. */
  readonly sent: readonly string[];
  /** Takes all that waits out of the queue. */
  takeAll(): readonly string[];
  /** How many messages of others it is to hold besides. */
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
