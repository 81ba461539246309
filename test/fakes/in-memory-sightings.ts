import type { Instant } from '../../lambdas/core/instant.ts';
import type { Sightings } from '../../lambdas/ports/sightings.ts';

/** Shared by all workers. It stores every event, not one an hour: there are no writes to save. */
export function inMemorySightings(): Sightings {
  const detailTypes = new Set<string>();
  let lastEventAt: Instant | undefined;
  let firstReadAt: Instant | undefined;
  return {
    async recordEvent(at) {
      if (lastEventAt === undefined || lastEventAt < at) lastEventAt = at;
      return [];
    },
    async lastEventAt(now) {
      firstReadAt ??= now;
      return { at: lastEventAt ?? firstReadAt, repaired: [] };
    },
    async recordDetailType(detailType) {
      const isNew = !detailTypes.has(detailType);
      detailTypes.add(detailType);
      return isNew ? 'new' : 'known';
    },
  };
}
