import { drop, hold, release } from '../parked/held-messages.ts';
import { parkedQueueNames, parkedQueueOf } from '../parked/parked-queues.ts';
import { mostHeld } from '../parked/process-parked.ts';
import type { Relay } from '../relay.ts';
import type { ParkedErasure } from './erase.ts';

/** Searches every parked queue. Messages that are not selected become visible again at once. */
export function parkedErasure(relay: Pick<Relay, 'output' | 'clients'>): ParkedErasure {
  const { sqs } = relay.clients;
  const searchQueue = async (
    parked: string,
    isSelected: (body: string) => boolean,
    isDropped: boolean,
  ): Promise<number> => {
    const held = await hold(sqs, parked, mostHeld);
    const selected = held.filter(({ body }) => isSelected(body));
    const kept = isDropped ? held.filter((message) => !selected.includes(message)) : held;
    try {
      if (isDropped) await drop(sqs, parked, selected, () => undefined);
    } finally {
      await release(sqs, parked, kept);
    }
    return selected.length;
  };
  const search = async (isSelected: (body: string) => boolean, isDropped: boolean) => {
    const urls = parkedQueueNames.map((name) => parkedQueueOf(name, relay).parked);
    const found = await Promise.all(urls.map((url) => searchQueue(url, isSelected, isDropped)));
    return found.reduce((sum, count) => sum + count, 0);
  };
  return {
    count: (isSelected) => search(isSelected, false),
    drop: (isSelected) => search(isSelected, true),
  };
}
