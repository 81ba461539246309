import type { Instant } from '../../lambdas/core/instant.ts';
import type { Sightings } from '../../lambdas/ports/sightings.ts';

/** One memory for all workers: it forgets nothing within the hour, since there is no write to be saved. */
export function inMemorySightings(): Sightings {
  const detailTypes = new Set<string>();
  let lastEventAt: Instant | undefined;
  let firstReadAt: Instant | undefined;
  return {
    async recordEvent(at) {
      if (lastEventAt === undefined || lastEventAt < at) lastEventAt = at;
    },
    async lastEventAt(now) {
      firstReadAt ??= now;
      return lastEventAt ?? firstReadAt;
    },
    async recordDetailType(detailType) {
      const isNew = !detailTypes.has(detailType);
      detailTypes.add(detailType);
      return isNew ? 'new' : 'known';
    },
  };
}
