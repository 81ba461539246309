import { drop, hold, release } from '../parked/held-messages.ts';
import { mostHeld } from '../parked/held-queues.ts';
import { depthOf, parkedQueuesOf } from '../parked/parked-queues.ts';
import type { Relay } from '../relay.ts';
import type { ParkedErasure, ParkedSearch } from './erase.ts';

/**
 * Searches every parked queue. Messages that are not selected become visible again at once.
 * @param most messages of one queue that a search reads
 */
export function parkedErasure(
  relay: Pick<Relay, 'output' | 'outputs' | 'clients'>,
  most = mostHeld,
): ParkedErasure {
  const { sqs } = relay.clients;
  const searchQueue = async (
    parked: string,
    isSelected: (body: string) => boolean,
    isDropped: boolean,
  ): Promise<ParkedSearch> => {
    // Before this process holds messages: SQS takes up to a minute to count what changes.
    const depth = await depthOf(parked, relay);
    const held = await hold(sqs, parked, most);
    const notSearched = Math.max(0, depth - held.length);
    const selected = held.filter(({ body }) => isSelected(body));
    const kept = isDropped ? held.filter((message) => !selected.includes(message)) : held;
    try {
      if (isDropped) await drop(sqs, parked, selected, () => undefined);
    } finally {
      await release(sqs, parked, kept);
    }
    return { found: selected.length, notSearched };
  };
  const search = async (isSelected: (body: string) => boolean, isDropped: boolean) => {
    const urls = parkedQueuesOf(relay).map(({ parked }) => parked);
    const searches = await Promise.all(urls.map((url) => searchQueue(url, isSelected, isDropped)));
    return {
      found: searches.reduce((sum, { found }) => sum + found, 0),
      notSearched: searches.reduce((sum, { notSearched }) => sum + notSearched, 0),
    };
  };
  return {
    count: (isSelected) => search(isSelected, false),
    drop: (isSelected) => search(isSelected, true),
  };
}
