import { setTimeout as sleep } from 'node:timers/promises';
import { putEmitted, type UnfinishedWork, type UpgradeTest } from './fill.ts';

const everyMs = 1_500;

/** Changes records, and puts the events on the bus, until `stop`. */
export interface Traffic {
  /** @returns the number of changes. @throws Error if the bus refused an event */
  readonly stop: () => Promise<number>;
}

export function startTraffic(scene: UpgradeTest, { records }: Pick<UnfinishedWork, 'records'>): Traffic {
  const stopping = new AbortController();
  const { partner } = scene.central;
  const changes = [
    () => partner.updateOpportunity(records.opportunity),
    () => void partner.createOpportunity('AWS'),
    () => partner.updateAwsSummary(records.opportunity),
    () => void partner.createInvitation('AWS', 'OpportunityInvitation'),
    () => partner.updateEngagement(records.engagement),
  ];
  const run = async () => {
    let made = 0;
    for (; !stopping.signal.aborted; made += 1) {
      changes[made % changes.length]?.();
      await putEmitted(scene);
      await sleep(everyMs);
    }
    return made;
  };
  const running = run();
  // The result is awaited in `stop`. Until then a rejection must not end the process.
  running.catch(() => {});
  return {
    stop: () => {
      stopping.abort();
      return running;
    },
  };
}
