import { expect, it } from 'vitest';
import { addMs, instantOf } from '../../../lambdas/core/instant.ts';
import { fanOut } from '../../../lambdas/fan-out/fan-out.ts';
import type { DeliveryStore } from '../../../lambdas/ports/delivery-store.ts';
import { endpoint } from '../../builders/endpoints.ts';
import { fanOutDeps, fanOutWorld, storeVersion } from './fan-out-world.ts';

const add: DeliveryStore['add'] = async () => 'conflict';

it.each([
  ['ten minutes', 60_000, 600_000],
  ['30 s where time is scaled', 3_000, 30_000],
])('a version waits %s for a row that an operator has to repair', async (_, outboxGraceMs, waitMs) => {
  const world = fanOutWorld([endpoint()]);
  const version = await storeVersion(world);
  const deps = { ...fanOutDeps(world), outboxGraceMs, deliveries: { add } };
  await expect(fanOut(version, deps)).rejects.toMatchObject({ code: 'delivery.conflict' });
  const dueAt = addMs(instantOf(world.clock.nowMs()), waitMs);
  expect(await world.records.dueIntents(addMs(dueAt, -1), 10)).toEqual([]);
  expect(await world.records.dueIntents(dueAt, 10)).toHaveLength(1);
});
