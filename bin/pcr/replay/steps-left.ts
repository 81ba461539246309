import pMap, { pMapSkip } from 'p-map';
import { deliveryIdOf } from '../../../lambdas/core/ids.ts';
import { concurrency } from '../first-of.ts';
import type { Relay } from '../relay.ts';
import type { Replay } from './replay.ts';
import type { Step } from './steps.ts';

/** The steps that an interrupted replay has not moved, and whose deliveries do not wait already. */
export function stepsLeft(
  steps: readonly Step[],
  { id, selection: { endpointId } }: Replay,
  { deliveries }: Pick<Relay, 'deliveries'>,
): Promise<readonly Step[]> {
  const ifLeft = async (step: Step): Promise<Step | typeof pMapSkip> => {
    const entry = await deliveries.find(deliveryIdOf(step.message.messageId, endpointId));
    if (!entry || 'unreadable' in entry) return step;
    const isWaiting = entry.status === 'pending' || entry.status === 'held';
    return isWaiting || entry.replayId === id ? pMapSkip : step;
  };
  return pMap(steps, ifLeft, { concurrency });
}
