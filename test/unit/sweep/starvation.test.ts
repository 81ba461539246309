import { expect, it } from 'vitest';
import type { Instant } from '../../../lambdas/core/instant.ts';
import type { VersionRef } from '../../../lambdas/core/record.ts';
import { isFailure } from '../../../lambdas/core/service-error.ts';
import type { Version } from '../../../lambdas/core/version.ts';
import { fanOut } from '../../../lambdas/fan-out/fan-out.ts';
import type { SweepMetric } from '../../../lambdas/sweep/contract.ts';
import { sweep } from '../../../lambdas/sweep/sweep.ts';
import { appendVersion } from '../../builders/append-version.ts';
import { endpoint } from '../../builders/endpoints.ts';
import { observation, opportunityKey, versionOf } from '../../builders/versions.ts';
import { inMemoryDoorbell } from '../../fakes/in-memory-queue.ts';
import { recordedMetrics } from '../../fakes/recorded-metrics.ts';
import { deliveryIdFor, fanOutDeps, fanOutWorld } from '../fan-out/fan-out-world.ts';

/** More than one run of sweep signals. */
const stuckVersions = 2_001;

type World = ReturnType<typeof worldWithConflicts>;

/** Rows of `ep_crm` are of other messages until they are deleted. */
function worldWithConflicts() {
  const world = fanOutWorld([endpoint(), endpoint({ id: 'ep_crm' })]);
  const isConflicting = { value: true };
  const deliveries: typeof world.deliveries = {
    ...world.deliveries,
    add: async (delivery, now, status) =>
      isConflicting.value && delivery.endpointId === 'ep_crm'
        ? 'conflict'
        : world.deliveries.add(delivery, now, status),
  };
  return { ...world, deliveries, deleteConflicts: () => void (isConflicting.value = false) };
}

async function append({ records }: World, id: string, dueAt: Instant): Promise<Version> {
  const key = { ...opportunityKey, id };
  const version = versionOf(observation({ key }));
  await appendVersion(records, undefined, version, dueAt);
  return version;
}

/** Sweeps and fans out. @returns the versions that were signalled */
async function sweepAndFanOut(world: World): Promise<readonly VersionRef[]> {
  const fanOutDoorbell = inMemoryDoorbell<VersionRef>();
  const metrics = recordedMetrics<SweepMetric>();
  await sweep({ ...world, fanOutDoorbell, deliveryDoorbell: world.doorbell, timeScale: 1, metrics });
  const signalled = fanOutDoorbell.rings.flatMap(({ rows }) => [...rows]);
  for (const ref of signalled)
    await fanOut(ref, fanOutDeps(world)).catch((error: unknown) => {
      if (!isFailure(error, 'delivery.conflict')) throw error;
    });
  return signalled;
}

it('promise 1: versions that wait for conflicting rows do not delay a lost version for ever', async () => {
  const world = worldWithConflicts();
  for (let id = 1; id <= stuckVersions; id += 1) await append(world, `O${id}`, '2026-03-01T09:00:00.000Z');
  const lost = await append(world, 'O9999999', '2026-03-01T09:59:00.000Z');
  const lostRef = expect.objectContaining({ ...opportunityKey, id: 'O9999999', version: 1 });

  expect(await sweepAndFanOut(world)).not.toContainEqual(lostRef);
  world.clock.advance(60_000);
  expect(await sweepAndFanOut(world)).toContainEqual(lostRef);
  expect(world.deliveries.find(deliveryIdFor(lost, 'ep_orders'))).toMatchObject({ status: 'pending' });
  expect(world.records.outbox()).toHaveLength(stuckVersions + 1);

  // After the rows are deleted, every version is delivered to the endpoint.
  world.deleteConflicts();
  for (const waitMs of [10 * 60_000, 60_000]) {
    world.clock.advance(waitMs);
    await sweepAndFanOut(world);
  }
  expect(world.records.outbox()).toEqual([]);
  expect(world.deliveries.find(deliveryIdFor(lost, 'ep_crm'))).toMatchObject({ status: 'pending' });
});
