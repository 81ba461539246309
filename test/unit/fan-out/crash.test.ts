import { describe, expect, it } from 'vitest';
import { fanOut } from '../../../lambdas/fan-out/fan-out.ts';
import { dueForFanOut } from '../../builders/append-version.ts';
import { endpoint } from '../../builders/endpoints.ts';
import { crashEverywhere, untilCrash } from '../../fakes/crashing.ts';
import { deliveryIdFor, fanOutDeps, fanOutWorld, storeVersion } from './fan-out-world.ts';

describe('promise 1: nothing is lost by a crash at any call', () => {
  it('fans a version out after a crash during its fan-out', async () => {
    const crashes = await crashEverywhere(async (process) => {
      const world = fanOutWorld([endpoint(), endpoint({ id: 'ep_crm' })]);
      const version = await storeVersion(world);
      const ids = [deliveryIdFor(version, 'ep_orders'), deliveryIdFor(version, 'ep_crm')];
      const endpoints = process.wrap(world.endpoints);
      const deps = {
        ...fanOutDeps(world),
        endpoints: () => endpoints.all(),
        records: process.wrap(world.records),
        deliveries: process.wrap(world.deliveries),
        doorbell: process.wrap(world.doorbell),
      };
      await untilCrash(fanOut(version, deps));

      // The version is in the outbox, or its fan-out is complete.
      const waits = await dueForFanOut(world.records, '2026-03-01T10:10:00.000Z', 10);
      if (waits.length === 0) expect(world.doorbell.rings.flatMap(({ rows }) => rows)).toEqual(ids);
      for (const { version: ref } of waits) await fanOut(ref, fanOutDeps(world));
      expect(world.records.outbox()).toEqual([]);
      expect(world.doorbell.rings.slice(-2).flatMap(({ rows }) => rows)).toEqual(ids);
      const due = await world.deliveries.due('2026-03-01T10:10:00.000Z', 10);
      expect(due.map(({ id }) => id)).toEqual(ids);
      expect(ids.map((id) => world.deliveries.find(id)?.messageId)).toEqual(
        ids.map(() => world.deliveries.find(ids[0] ?? 'dlv_')?.messageId),
      );
    });
    // announced, all, add twice, ring twice, removeIntent
    expect(crashes).toBe(2 * 7);
  });
});
