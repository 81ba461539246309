import { beforeEach, describe, expect, it } from 'vitest';
import type { Instant } from '../../../lambdas/core/instant.ts';
import type { Json, JsonObject } from '../../../lambdas/core/json.ts';
import type { PartnerCentral } from '../../../lambdas/ports/partner-central.ts';
import { engagementPayload } from '../../builders/engagement-payloads.ts';
import { opportunityPayload, withMember } from '../../builders/payloads.ts';
import { engagementKey } from '../../builders/versions.ts';
import { inMemoryWorkQueue } from '../../fakes/in-memory-queue.ts';
import { recordedMetrics } from '../../fakes/recorded-metrics.ts';
import {
  hydrateEngagements,
  hydrateOpportunities,
  hydrationWorld,
  queued,
} from '../hydrate/hydration-world.ts';
import {
  hourMs,
  listedEngagement,
  listedOpportunity,
  minuteMs,
  opportunityId,
  type ReconcileWorld,
  reconcileWorld,
  runAfter,
  storeRead,
} from './reconcile-world.ts';

let world: ReconcileWorld;
/** What a read of the record returns. */
let answer: JsonObject;
let reads: number;

beforeEach(async () => {
  world = reconcileWorld();
  reads = 0;
  // The first pass over the empty lists: later passes repair what events missed.
  await runAfter(world, 0);
});

async function read(): Promise<JsonObject> {
  reads += 1;
  return structuredClone(answer);
}

/** A pass after an hour, and then the hydration of its findings. */
async function passAndHydrate(afterMs = hourMs): Promise<void> {
  await runAfter(world, afterMs);
  const { clock, records } = world;
  const hydration = {
    ...hydrationWorld(),
    clock,
    records,
    queue: inMemoryWorkQueue(),
    metrics: recordedMetrics(),
  };
  const partnerCentral: PartnerCentral = {
    ...hydration.partnerCentral,
    getOpportunity: read,
    getEngagement: read,
  };
  clock.advance(8_000);
  const bodies = (kind: 'opportunity' | 'engagement') =>
    world.queues[kind].takeAll().map((body) => queued(body));
  expect(await hydrateOpportunities(hydration, bodies('opportunity'), { partnerCentral })).toEqual([]);
  expect(await hydrateEngagements(hydration, bodies('engagement'), { partnerCentral })).toEqual([]);
  expect(hydration.queue.parked).toEqual([]);
}

const stored: Instant = '2026-02-21T10:00:00.500Z';

const kinds = {
  opportunity: {
    key: { catalog: 'AWS', kind: 'opportunity', id: opportunityId(1) },
    list: 'opportunities',
    item: (timestamp: Json | undefined) => withMember(listedOpportunity(1), 'LastModifiedDate', timestamp),
    payload: (title: string, timestamp: Json | undefined) =>
      withMember(opportunityPayload({ id: opportunityId(1), title }), 'LastModifiedDate', timestamp),
  },
  engagement: {
    key: engagementKey,
    list: 'engagements',
    item: (timestamp: Json | undefined) =>
      withMember(withMember(listedEngagement(), 'CreatedAt', undefined), 'ModifiedAt', timestamp),
    payload: (title: string, timestamp: Json | undefined) => ({
      ...withMember(
        withMember(engagementPayload({ title }), 'CreatedAt', undefined),
        'ModifiedAt',
        timestamp,
      ),
      EngagementMemberList: [],
    }),
  },
} as const;

const others: readonly (Json | undefined)[] = [
  '2026-02-21T10:00:00.450Z',
  '2026-02-21T10:00Z',
  '2026-02-21T10:00:00',
  '21/02/2026',
  1_771_668_000,
  null,
  undefined,
  '',
];

describe.each(['opportunity', 'engagement'] as const)(
  'an %s that AWS lists with another timestamp',
  (kind) => {
    const { key, list, item, payload } = kinds[kind];

    it.each(others)('is read and its new content is stored: %j', async (timestamp) => {
      await storeRead(world, key, payload('Before', stored));
      world.partnerCentral.put(list, item(timestamp));
      answer = payload('After', timestamp ?? undefined);
      await passAndHydrate();
      expect(await world.records.current(key)).toMatchObject({ version: 2, payload: answer });
      await passAndHydrate();
      expect(reads).toBe(1);
    });

    it.each(others)('is read once if reads keep returning the stored state: %j', async (timestamp) => {
      await storeRead(world, key, payload('Before', stored));
      world.partnerCentral.put(list, item(timestamp));
      answer = payload('Before', stored);
      for (let pass = 0; pass < 5; pass += 1) await passAndHydrate();
      expect(reads).toBe(1);
      expect(await world.records.current(key)).toMatchObject({ version: 1 });
    });

    it.each(others)('is not read again if the stored timestamp has the same text: %j', async (timestamp) => {
      answer = payload('Before', timestamp ?? undefined);
      await storeRead(world, key, answer);
      world.partnerCentral.put(list, item(timestamp));
      for (let pass = 0; pass < 3; pass += 1) await passAndHydrate();
      expect(reads).toBe(0);
    });

    it('is read again after each change, although lists and reads disagree', async () => {
      const before = payload('Before', stored);
      await storeRead(world, key, before);
      world.partnerCentral.put(list, item('2026-02-21T10:00:00.450Z'));
      answer = before;
      await passAndHydrate();
      world.partnerCentral.put(list, item('2026-02-21T10:00:00.460Z'));
      answer = payload('After', '2026-02-21T10:00:00.470Z');
      await passAndHydrate();
      expect(await world.records.current(key)).toMatchObject({ version: 2, payload: answer });
      await passAndHydrate();
      expect(reads).toBe(2);
    });

    it('is not read if the list may only lag: the stored state was read in the last five minutes', async () => {
      await passAndHydrate();
      world.clock.advance(hourMs - 4 * minuteMs);
      await storeRead(world, key, payload('Before', stored));
      world.partnerCentral.put(list, item('2026-02-21T10:00:00.450Z'));
      await passAndHydrate(4 * minuteMs);
      expect(reads).toBe(0);
    });

    it('is read if the event was lost that had to make an uncertain state certain', async () => {
      await storeRead(world, key, payload('Before', stored));
      const current = await world.records.current(key);
      if (!current) throw new Error('nothing is stored');
      await world.records.markUncertain(current, '2026-03-01T12:05:00.000Z');
      world.partnerCentral.put(list, item(stored));
      answer = payload('After', stored);
      await passAndHydrate();
      await passAndHydrate();
      expect(reads).toBe(1);
      expect(await world.records.current(key)).toMatchObject({ version: 2, payload: answer });
    });
  },
);
