import { beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../../lambdas/core/json.ts';
import { engagementPayload } from '../../builders/engagement-payloads.ts';
import { engagementEvent, opportunityEvent } from '../../builders/events.ts';
import { opportunityPayload, withMember } from '../../builders/payloads.ts';
import { engagementKey, opportunityKey } from '../../builders/versions.ts';
import {
  eventTime,
  type HydrationWorld,
  hydrateEngagements,
  hydrateOpportunities,
  hydrationWorld,
  queued,
} from './hydration-world.ts';

let world: HydrationWorld;

beforeEach(() => {
  world = hydrationWorld();
});

const readable = '2026-03-01T10:00:00Z';

const kinds = {
  opportunity: {
    key: opportunityKey,
    operation: 'GetOpportunity',
    hydrate: hydrateOpportunities,
    event: opportunityEvent,
    payload: (modified: Json | undefined) =>
      withMember(opportunityPayload({ reviewStatus: 'Pending Submission' }), 'LastModifiedDate', modified),
  },
  engagement: {
    key: engagementKey,
    operation: 'GetEngagement',
    hydrate: hydrateEngagements,
    event: engagementEvent,
    payload: (modified: Json | undefined) => withMember(engagementPayload(), 'ModifiedAt', modified),
  },
} as const;

/** Reads the record once for each timestamp, ten seconds apart. Undefined: the member is absent. */
async function readTimestamps(kind: keyof typeof kinds, ...timestamps: readonly (Json | undefined)[]) {
  const { key, operation, hydrate, event, payload } = kinds[kind];
  for (const [index, modified] of timestamps.entries()) {
    world.partnerCentral.answer(operation, key.id, payload(modified));
    expect(await hydrate(world, [queued(event({ time: eventTime(10 * index) }))])).toEqual([]);
    world.clock.advance(10_000);
  }
  return world.metrics.totals()['TimestampsUnreadable'] ?? 0;
}

describe.each(['opportunity', 'engagement'] as const)('the timestamp of an %s', (kind) => {
  it.each(['2026-11-29T12:00:00', '29.11.2026', 1_764_000_000, ''])(
    'counts as unreadable if it is %j',
    async (modified) => {
      expect(await readTimestamps(kind, readable, modified)).toBe(1);
    },
  );

  it('counts as unreadable if it is absent although the stored state has one', async () => {
    expect(await readTimestamps(kind, readable, undefined)).toBe(1);
  });

  it('counts as unreadable in the first read of a record too', async () => {
    expect(await readTimestamps(kind, 'soon')).toBe(1);
  });

  it('counts once per read that returns it', async () => {
    expect(await readTimestamps(kind, 'soon', 'later')).toBe(2);
  });

  it.each([readable, '2026-11-29T12:00Z', '2026-11-29T12:00:00.123456789+01:00'])(
    'is not counted if it is %j',
    async (modified) => {
      expect(await readTimestamps(kind, readable, modified)).toBe(0);
    },
  );

  it('is not counted if there never was one', async () => {
    expect(await readTimestamps(kind, undefined, undefined)).toBe(0);
  });
});
