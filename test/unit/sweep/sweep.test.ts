import { beforeEach, describe, expect, it } from 'vitest';
import { type DeliveryId, deliveryIdOf } from '../../../lambdas/core/ids.ts';
import type { Instant } from '../../../lambdas/core/instant.ts';
import type { IntentRef } from '../../../lambdas/core/intent.ts';
import type { LineKey } from '../../../lambdas/core/line.ts';
import type { VersionRef } from '../../../lambdas/core/record.ts';
import { laterAfter, ServiceError } from '../../../lambdas/core/service-error.ts';
import type { SweepLevel, SweepMetric } from '../../../lambdas/sweep/contract.ts';
import { sweep } from '../../../lambdas/sweep/sweep.ts';
import { appendVersion } from '../../builders/append-version.ts';
import { messageIdFor, observation, opportunityKey, versionOf } from '../../builders/versions.ts';
import { inMemoryDeliveryStore } from '../../fakes/in-memory-delivery-store.ts';
import { inMemoryDoorbell } from '../../fakes/in-memory-queue.ts';
import { inMemoryRecordStore } from '../../fakes/in-memory-record-store.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { recordedLog } from '../../fakes/recorded-log.ts';
import { recordedMetrics } from '../../fakes/recorded-metrics.ts';

function sweepWorld() {
  return {
    records: inMemoryRecordStore(),
    deliveries: inMemoryDeliveryStore(),
    fanOutDoorbell: inMemoryDoorbell<VersionRef>(),
    deliveryDoorbell: inMemoryDoorbell<DeliveryId>(),
    clock: manualClock('2026-03-01T10:00:00.000Z'),
    timeScale: 1,
    log: recordedLog(),
    metrics: recordedMetrics<SweepMetric, SweepLevel>(),
  };
}

let world: ReturnType<typeof sweepWorld>;
beforeEach(() => {
  world = sweepWorld();
});

const line = { catalog: 'AWS', kind: 'opportunity', id: 'O1234567' } as const;
const ref = { ...opportunityKey, version: 1 };

async function addVersion(dueAt: `${string}Z`, id = 'O1234567'): Promise<IntentRef> {
  const version = versionOf(observation({ key: { ...opportunityKey, id } }));
  await appendVersion(world.records, undefined, version, dueAt);
  return { ...ref, id, messageId: version.messageId, dueAt };
}

async function addDelivery(at: `${string}Z`, endpointId: `ep_${string}` = 'ep_orders'): Promise<DeliveryId> {
  const messageId = messageIdFor(ref);
  const id = deliveryIdOf(messageId, endpointId);
  await world.deliveries.add({ id, messageId, endpointId, version: ref, wanted: true }, at);
  return id;
}

describe('promise 1: sweep signals what is due and not claimed', () => {
  it('signals the oldest rows first', async () => {
    const young = await addVersion('2026-03-01T09:59:59.000Z', 'O1');
    const old = await addVersion('2026-03-01T09:00:00.000Z', 'O2');
    const due = await addDelivery('2026-03-01T09:59:30.000Z', 'ep_a');
    const overdue = await addDelivery('2026-02-27T10:00:00.000Z', 'ep_b');
    await sweep(world);
    expect(world.fanOutDoorbell.rings).toEqual([{ rows: [old, young], delayMs: 0 }]);
    expect(world.deliveryDoorbell.rings).toEqual([{ rows: [overdue, due], delayMs: 0 }]);
    expect(world.metrics.totals()).toEqual({ VersionsSignalledAgain: 2, DeliveriesSignalledAgain: 2 });
    expect(world.metrics.levels('OldestWorkAge')).toEqual([2 * 24 * 3_600]);
    expect(world.log.of('sweep.finished')).toEqual([
      { versions: 2, deliveries: 2, lines: 0, overdueMs: 2 * 24 * 3_600_000 },
    ]);
  });

  it('does not signal a delivery that became due a moment ago: its doorbell message is on its way', async () => {
    await addDelivery('2026-03-01T09:59:30.001Z');
    await sweep(world);
    expect(world.deliveryDoorbell.rings.flatMap(({ rows }) => rows)).toEqual([]);
  });

  it('waits at least three seconds for a doorbell message, even if time is scaled down', async () => {
    await addDelivery('2026-03-01T09:59:57.001Z', 'ep_a');
    const lost = await addDelivery('2026-03-01T09:59:57.000Z', 'ep_b');
    await sweep({ ...world, timeScale: 0.02 });
    expect(world.deliveryDoorbell.rings.flatMap(({ rows }) => rows)).toEqual([lost]);
  });

  it('does not signal a row that is not due, claimed or ended', async () => {
    await addVersion('2026-03-01T10:00:00.001Z');
    await addDelivery('2026-03-01T10:00:00.001Z', 'ep_early');
    const leased = await addDelivery('2026-03-01T09:00:00.000Z', 'ep_leased');
    await world.deliveries.claim(leased, '2026-03-01T10:00:00.000Z', '2026-03-01T10:01:00.000Z');
    const id = await addDelivery('2026-03-01T09:00:00.000Z', 'ep_done');
    const done = await world.deliveries.claim(id, '2026-03-01T09:00:00.000Z', '2026-03-01T09:01:00.000Z');
    if (done) await world.deliveries.settle(done, undefined, { status: 'delivered' });
    await sweep(world);
    const rows = [...world.fanOutDoorbell.rings, ...world.deliveryDoorbell.rings].flatMap((ring) => [
      ...ring.rows,
    ]);
    expect(rows).toEqual([]);
    expect(world.metrics.totals()).toEqual({});
    expect(world.metrics.levels('OldestWorkAge')).toEqual([]);
    expect(world.log.lines).toEqual([]);
  });

  it.each([
    ['2026-03-01T09:55:00.000Z', [300]],
    ['2026-03-01T09:55:00.001Z', []],
  ] as const)('sends the age of a version that is due since %s as %j', async (dueAt, ages) => {
    await addVersion(dueAt);
    await sweep(world);
    expect(world.metrics.levels('OldestWorkAge')).toEqual(ages);
  });

  it('signals a row with every run until its work is done', async () => {
    const version = await addVersion('2026-03-01T09:00:00.000Z');
    const leased = await addDelivery('2026-03-01T09:00:00.000Z');
    await world.deliveries.claim(leased, '2026-03-01T09:59:30.000Z', '2026-03-01T10:00:30.000Z');
    await sweep(world);
    world.clock.advance(60_000);
    await sweep(world);
    await world.records.removeIntent(version);
    world.clock.advance(60_000);
    await sweep(world);
    expect(world.fanOutDoorbell.rings.map(({ rows }) => rows)).toEqual([[version], [version], []]);
    // In between, the lease of a crashed worker expired.
    expect(world.deliveryDoorbell.rings.map(({ rows }) => rows)).toEqual([[], [leased], [leased]]);
  });

  it('signals a row whose due time is not a valid date-time, and does not count it as overdue', async () => {
    const id = await addDelivery('2026-03-01T09:00:00.000Z');
    const due = async () => [{ id, dueAt: undefined }];
    await sweep({ ...world, deliveries: { due } });
    expect(world.deliveryDoorbell.rings).toEqual([{ rows: [id], delayMs: 0 }]);
    expect(world.metrics.levels('OldestWorkAge')).toEqual([]);
  });

  it('signals a line of commands that is due, and none that became due a moment ago', async () => {
    const doorbell = inMemoryDoorbell<LineKey>();
    const asked: Instant[] = [];
    const lines = {
      dueLines: async (now: Instant, limit: number) => {
        asked.push(now);
        return limit === 2_000 ? [{ key: line, dueAt: '2026-03-01T09:00:00.000Z' } as const] : [];
      },
    };
    await sweep({ ...world, commands: { lines, doorbell } });
    expect(asked).toEqual(['2026-03-01T09:59:30.000Z']);
    expect(doorbell.rings).toEqual([{ rows: [line], delayMs: 0 }]);
    expect(world.metrics.totals()).toEqual({ LinesSignalledAgain: 1 });
    expect(world.metrics.levels('OldestWorkAge')).toEqual([3_600]);
    expect(world.log.of('sweep.finished')).toEqual([
      { versions: 0, deliveries: 0, lines: 1, overdueMs: 3_600_000 },
    ]);
  });

  it('signals at most 2,000 rows of each kind in one run', async () => {
    const asked: number[] = [];
    await sweep({
      ...world,
      records: {
        dueIntents: async (_, limit) => {
          asked.push(limit);
          return [];
        },
        dueMarks: async (_, limit) => {
          asked.push(limit);
          return [];
        },
      },
      deliveries: {
        due: async (_, limit) => {
          asked.push(limit);
          return [];
        },
      },
    });
    expect(asked).toEqual([2_000, 2_000, 2_000]);
  });

  it('fails if it cannot send messages, and the next run finds the same rows', async () => {
    const details = { operation: 'ring', error: 'TimeoutError' };
    const failure = new ServiceError('queue.unavailable', details, { retry: laterAfter(2_000) });
    const id = await addDelivery('2026-03-01T09:00:00.000Z');
    const broken = { ring: () => Promise.reject(failure) };
    await expect(sweep({ ...world, deliveryDoorbell: broken })).rejects.toBe(failure);
    expect(world.metrics.totals()).toEqual({});
    await sweep(world);
    expect(world.deliveryDoorbell.rings).toEqual([{ rows: [id], delayMs: 0 }]);
  });
});
