import { describe, expect, it } from 'vitest';
import { laterAfter, ServiceError } from '../../../lambdas/core/service-error.ts';
import type { QuotaLedgerStore } from '../../../lambdas/ports/quota-ledger-store.ts';
import { readLimiters } from '../../../lambdas/quota/read-limiter.ts';
import { fixedRandom } from '../../fakes/fixed-random.ts';
import { inMemoryQuotaLedger } from '../../fakes/in-memory-quota-ledger.ts';
import { recordedLog } from '../../fakes/recorded-log.ts';
import { recordedMetrics } from '../../fakes/recorded-metrics.ts';
import { virtualTime } from '../../fakes/virtual-time.ts';
import { quotaWorld, watched } from './quota-world.ts';

const waiting = (limit: string, waitMs: unknown) => ({
  code: 'quota.waiting',
  details: { limit, waitMs },
  retry: { kind: 'later', afterMs: waitMs },
});

describe('acquirePermit', () => {
  it('reserves permits for concurrent reads at once, and grants them one by one, the first immediately', async () => {
    const { time, worker, ledger, spent } = quotaWorld({ limits: { perSecond: 10, perDay: 20 } });
    const quota = worker({ name: 'a' });
    const startsAtMs = time.nowMs();
    const cameMs: number[] = [];
    for (let read = 0; read < 10; read += 1)
      void quota.acquirePermit().then(() => cameMs.push(Math.round(time.nowMs() - startsAtMs)));
    await time.run(2_000);
    expect(cameMs).toHaveLength(10);
    expect(cameMs[0]).toBeLessThan(100);
    const gapsMs = cameMs.slice(1).map((ms, index) => ms - (cameMs[index] ?? 0));
    expect(gapsMs.every((ms) => ms >= 105 && ms <= 107)).toBe(true);
    expect((await ledger.read()).revision).toBe(1);
    expect(spent).toEqual([10]);
  });

  it.each([
    [10, [5]],
    [12, []],
  ])(
    'sends the reads of the day from half of the limit on: after 5 of %i it sends %j',
    async (perDay, sent) => {
      const { time, worker, spent } = quotaWorld({ limits: { perSecond: 10, perDay } });
      const quota = worker({ name: 'a' });
      for (let read = 0; read < 5; read += 1) void quota.acquirePermit();
      await time.run(2_000);
      expect(spent).toEqual(sent);
    },
  );

  it('leaves no timer running when no read waits', async () => {
    const { time, worker } = quotaWorld();
    const quota = worker({ name: 'a' });
    const permit = watched(quota.acquirePermit());
    await time.run(200);
    expect(permit.outcome).toBe('resolved');
    expect(time.sleeping()).toBe(0);
  });

  it('a worker that is alone reserves for all its reads with one call of the store, whenever it wrote last', async () => {
    const { time, worker, ledger } = quotaWorld();
    const quota = worker({ name: 'a' });
    for (const pauseMs of [0, 1_000, 3_600_000]) {
      await time.run(pauseMs);
      const permits = [watched(quota.acquirePermit()), watched(quota.acquirePermit())];
      await time.run(600);
      expect(permits.map(({ outcome }) => outcome)).toEqual(['resolved', 'resolved']);
    }
    expect(ledger.calls).toEqual(['read', 'write', 'replaceOwn', 'replaceOwn']);
  });

  it('an edit by hand of what this worker wrote last counts, also if the revision was left as it was', async () => {
    const { time, worker, ledger } = quotaWorld({ limits: { perSecond: 10, perDay: 100 } });
    const quota = worker({ name: 'a' });
    const acquire = async () => {
      const permit = watched(quota.acquirePermit());
      await time.run(400);
      return permit.outcome;
    };
    expect(await acquire()).toBe('resolved');
    ledger.edit({ hours: { '2026-03-01T09': 99 }, hoursTotal: 99 });
    expect(await acquire()).toBe('rejected');
    ledger.edit({ hours: {}, hoursTotal: 0 });
    expect(await acquire()).toBe('resolved');
  });

  it('a day that is used up ends when an operator resets the ledger, although this worker wrote it last', async () => {
    const { time, worker, ledger } = quotaWorld({ limits: { perSecond: 10, perDay: 1 } });
    const quota = worker({ name: 'a', purpose: 'invitation' });
    const acquire = async () => {
      const permit = watched(quota.acquirePermit());
      await time.run(400);
      return permit.outcome;
    };
    expect([await acquire(), await acquire()]).toEqual(['resolved', 'rejected']);
    ledger.edit({ hours: {}, hoursTotal: 0 });
    expect(await acquire()).toBe('resolved');
  });

  it('discards permits that fell due while the function was frozen', async () => {
    const { time, worker, ledger } = quotaWorld();
    let lateMs = 0;
    const quota = worker({ name: 'a', lateMs: () => lateMs });
    const first = watched(quota.acquirePermit());
    const cameMs: number[] = [];
    for (let read = 0; read < 3; read += 1) void quota.acquirePermit().then(() => cameMs.push(time.nowMs()));
    lateMs = 300;
    await time.run(400);
    expect(first.outcome).toBeUndefined();
    expect(cameMs).toEqual([]);
    lateMs = 0;
    await time.run(2_000);
    expect(first.outcome).toBe('resolved');
    expect(cameMs.map((ms, index) => ms - (cameMs[index - 1] ?? Number.NEGATIVE_INFINITY) > 80)).toEqual([
      true,
      true,
      true,
    ]);
    // Discarded permits count as used.
    expect((await ledger.read()).item).toHaveProperty(
      'hoursTotal',
      expect.toSatisfy((reads) => reads > 4),
    );
  });

  it('stops reserving permits for a worker that is always too busy to use them', async () => {
    const { time, worker } = quotaWorld();
    const permit = watched(worker({ name: 'a', patienceMs: 3_000, lateMs: () => 40 }).acquirePermit());
    await time.run(4_000);
    expect(permit.reason).toMatchObject(waiting('rate', 1_000));
    expect(time.sleeping()).toBe(0);
  });

  it('grants a permit for an invitation during a burst of records', async () => {
    const { time, worker } = quotaWorld();
    const records = [worker({ name: 'a' }), worker({ name: 'b' }), worker({ name: 'c' })];
    for (const quota of records) for (let read = 0; read < 40; read += 1) void quota.acquirePermit();
    await time.run(3_000);
    const permit = watched(worker({ name: 'd', purpose: 'invitation' }).acquirePermit());
    await time.run(3_000);
    expect(permit.outcome).toBe('resolved');
  });
});

describe('a wait that is too long', () => {
  it('rejects all waiting reads when the wait for the rate would exceed the patience', async () => {
    const { time, worker } = quotaWorld({ limits: { perSecond: 1, perDay: 1_000 } });
    const hungry = worker({ name: 'a' });
    const modest = worker({ name: 'b', purpose: 'reconcile', patienceMs: 4_000 });
    for (let read = 0; read < 40; read += 1) void hungry.acquirePermit().catch(() => undefined);
    await time.run(1_500);
    const permits = [watched(modest.acquirePermit()), watched(modest.acquirePermit())];
    await time.run(8_000);
    expect(permits.map(({ outcome }) => outcome)).toEqual(['rejected', 'rejected']);
    expect(permits[0]?.reason).toMatchObject(waiting('rate', expect.any(Number)));
  });

  it('rejects at once when the daily limit is reached, with the time until the oldest hour drops out', async () => {
    const { time, worker, ledger, spent } = quotaWorld({ limits: { perSecond: 10, perDay: 100 } });
    await ledger.write(
      {
        writer: 'b',
        writtenAt: '2026-03-01T09:00:00.000Z',
        nextFreeAt: '2026-03-01T09:00:00.000Z',
        closures: 0,
        hours: { '2026-02-28T20': 40, '2026-03-01T09': 50 },
      },
      0,
    );
    const record = watched(worker({ name: 'a' }).acquirePermit());
    const invitation = watched(worker({ name: 'c', purpose: 'invitation' }).acquirePermit());
    await time.run(200);
    expect(invitation.outcome).toBe('resolved');
    expect(record.reason).toMatchObject(waiting('day', expect.any(Number)));
    expect(record.reason).toHaveProperty('details.waitMs', expect.closeTo(11 * 3_600_000 + 60_000, -3));
    // Both report the used reads, the refused one too.
    expect(spent).toHaveLength(2);
  });

  it('does not affect a later read, which may get a permit', async () => {
    const { time, worker } = quotaWorld();
    const quota = worker({ name: 'a', purpose: 'reconcile', patienceMs: 300 });
    await closeQuota(time, quota);
    const rejected = watched(quota.acquirePermit());
    await time.run(100);
    expect(rejected.outcome).toBe('rejected');
    await time.run(1_000);
    const permit = watched(quota.acquirePermit());
    await time.run(200);
    expect(permit.outcome).toBe('resolved');
  });
});

async function closeQuota(
  time: { run(forMs: number): Promise<void> },
  quota: { reportThrottle(): Promise<void> },
): Promise<void> {
  const closing = watched(quota.reportThrottle());
  await time.run(100);
  expect(closing.outcome).toBe('resolved');
}

describe('reportThrottle', () => {
  it('rejects waiting reads, discards reserved permits and closes the ledger for all workers', async () => {
    const { time, worker, log } = quotaWorld();
    const [a, b] = [worker({ name: 'a' }), worker({ name: 'b', skewMs: 700 })];
    const permits = Array.from({ length: 8 }, () => watched(a.acquirePermit()));
    await time.run(300);
    await closeQuota(time, a);
    const rejected = permits.filter(({ outcome }) => outcome === 'rejected');
    expect(rejected.length).toBeGreaterThan(3);
    expect(rejected[0]?.reason).toMatchObject(waiting('throttled', 1_000));
    expect(log.of('quota.closed')).toEqual([{ calls: 'reads', closedForMs: 1_000, closures: 1 }]);
    const others = [watched(a.acquirePermit()), watched(b.acquirePermit())];
    await time.run(800);
    expect(others.map(({ outcome }) => outcome)).toEqual([undefined, undefined]);
    await time.run(2_500);
    expect(others.map(({ outcome }) => outcome)).toEqual(['resolved', 'resolved']);
  });

  it('closes the ledger once if several concurrent reads are throttled', async () => {
    const { time, worker, log, metrics } = quotaWorld();
    const [a, b] = [worker({ name: 'a' }), worker({ name: 'b', skewMs: -900 })];
    const reported = [a.reportThrottle(), a.reportThrottle(), b.reportThrottle()].map(watched);
    await time.run(500);
    expect(reported.map(({ outcome }) => outcome)).toEqual(['resolved', 'resolved', 'resolved']);
    expect(log.of('quota.closed')).toEqual([{ calls: 'reads', closedForMs: 1_000, closures: 1 }]);
    expect(metrics.totals()).toEqual({ ReadsThrottled: 3 });
  });

  it('stops this worker even if the ledger cannot be written', async () => {
    const time = virtualTime();
    const sound = inMemoryQuotaLedger();
    const unavailable = new ServiceError(
      'store.unavailable',
      { operation: 'writeQuota', error: 'InternalServerError' },
      { retry: laterAfter(2_000) },
    );
    let isAway = false;
    const store: QuotaLedgerStore = {
      read: () => sound.read(),
      write: async (ledger, revision) => {
        if (isAway) throw unavailable;
        return sound.write(ledger, revision);
      },
      replaceOwn: async (ledger, own) => {
        if (isAway) throw unavailable;
        return sound.replaceOwn(ledger, own);
      },
    };
    const quota = readLimiters({
      ledger: store,
      limits: { perSecond: 10, perDay: 100_000 },
      writer: 'a',
      clock: time.clock(),
      random: fixedRandom(),
      log: recordedLog(),
      metrics: recordedMetrics(),
    })({ purpose: 'record', patienceMs: 20_000 });
    const permits = Array.from({ length: 3 }, () => watched(quota.acquirePermit()));
    await time.run(100);
    isAway = true;
    const reported = watched(quota.reportThrottle());
    await time.run(100);
    expect(reported.reason).toBe(unavailable);
    expect(permits.map(({ outcome }) => outcome)).toEqual(['resolved', 'rejected', 'rejected']);
    const next = watched(quota.acquirePermit());
    await time.run(500);
    expect(next.reason).toBe(unavailable);
    isAway = false;
    const last = watched(quota.acquirePermit());
    await time.run(500);
    expect(last.outcome).toBe('resolved');
  });
});

describe('an early read', () => {
  it.each([
    ['half of the day', 0.5, 5],
    ['all that a record may use', undefined, 9],
  ])('gets permits up to %s, and is refused at once afterwards', async (_, shareOfDay, granted) => {
    const { time, worker } = quotaWorld({ limits: { perSecond: 10, perDay: 10 } });
    const quota = worker({ name: 'a', purpose: 'early', patienceMs: 500, shareOfDay });
    for (let reads = 0; reads < granted; reads += 1) {
      const permit = watched(quota.acquirePermit());
      await time.run(400);
      expect(permit.outcome).toBe('resolved');
    }
    const refused = watched(quota.acquirePermit());
    await time.run(400);
    expect(refused.reason).toMatchObject(waiting('day', expect.any(Number)));
    const ofRecord = watched(worker({ name: 'b' }).acquirePermit());
    await time.run(1_000);
    expect(ofRecord.outcome).toBe(granted === 9 ? 'rejected' : 'resolved');
  });

  it.each([6, 10, 20])('reserves only permits that are used, if %i of them wait at once', async (reads) => {
    const { time, worker, ledger } = quotaWorld();
    const quota = worker({ name: 'a', purpose: 'early', patienceMs: 500 });
    const permits = Array.from({ length: reads }, () => watched(quota.acquirePermit()));
    await time.run(2_000);
    const used = permits.filter(({ outcome }) => outcome === 'resolved').length;
    expect(used).toBe(5);
    expect(permits.filter(({ outcome }) => outcome === 'rejected')).toHaveLength(reads - used);
    expect((await ledger.read()).item).toHaveProperty('hoursTotal', used);
  });

  it('is refused within its patience while a burst has reserved the permits of the next second', async () => {
    const { time, worker } = quotaWorld();
    const burst = worker({ name: 'burst' });
    const others = Array.from({ length: 30 }, () => watched(burst.acquirePermit()));
    await time.run(100);
    const quota = worker({ name: 'early', purpose: 'early', patienceMs: 500 });
    const permit = watched(quota.acquirePermit());
    await time.run(500);
    expect(permit.reason).toMatchObject(waiting('rate', expect.any(Number)));
    await time.run(5_000);
    expect(others.map(({ outcome }) => outcome)).toEqual(Array(30).fill('resolved'));
  });
});

describe('the shared ledger', () => {
  it('is read again after a lost race, and grants no permit twice', async () => {
    const { time, worker, ledger } = quotaWorld({ latencyMs: 15 });
    const quotas = ['a', 'b', 'c', 'd', 'e'].map((name) => worker({ name }));
    const permits = quotas.map((quota) => watched(quota.acquirePermit()));
    await time.run(3_000);
    expect(permits.map(({ outcome }) => outcome)).toEqual(Array(5).fill('resolved'));
    expect((await ledger.read()).revision).toBeGreaterThanOrEqual(5);
  });

  it('is repaired once after an invalid edit, with a line in the log, and stays in use', async () => {
    const { time, worker, ledger, log } = quotaWorld({ limits: { perSecond: 10, perDay: 2_400 } });
    const first = watched(worker({ name: 'a' }).acquirePermit());
    await time.run(100);
    expect(first.outcome).toBe('resolved');
    ledger.edit({ nextFreeAt: 'soon', hours: { '2026-03-01T10': 'many' }, revision: 'latest' });
    // The assumed reservation reaches beyond the horizon of `reconcile`, which gets its permit
    // afterwards.
    const permit = watched(worker({ name: 'b', purpose: 'reconcile' }).acquirePermit());
    await time.run(1_000);
    expect(permit.outcome).toBeUndefined();
    await time.run(4_000);
    expect(permit.outcome).toBe('resolved');
    expect(log.of('quota.mended')).toEqual([{ calls: 'reads', revision: 0 }]);
    expect((await ledger.read()).item).toHaveProperty('hoursTotal', 2);
  });

  it('keeps its reads, and grants permits, if the hours of a busy day are edited', async () => {
    const { time, worker, ledger, log, metrics, spent } = quotaWorld({
      limits: { perSecond: 10, perDay: 60 },
    });
    const quota = worker({ name: 'a' });
    const permits = Array.from({ length: 20 }, () => watched(quota.acquirePermit()));
    await time.run(5_000);
    ledger.edit({ hours: 'many' });
    permits.push(...Array.from({ length: 60 }, () => watched(quota.acquirePermit())));
    await time.run(60_000);
    // A record may use nine tenths of the day: 54 permits, 20 before the edit and 34 after it.
    expect(permits.filter(({ outcome }) => outcome === 'resolved')).toHaveLength(54);
    expect(spent.at(-1)).toBe(54);
    expect(log.of('quota.mended')).toHaveLength(1);
    expect(metrics.totals()).toMatchObject({ RowsUnreadable: 1 });
  });

  it('starts empty if there is no item', async () => {
    const { time, worker, ledger, log } = quotaWorld();
    const permit = watched(worker({ name: 'a' }).acquirePermit());
    await time.run(100);
    expect(permit.outcome).toBe('resolved');
    expect((await ledger.read()).item).toMatchObject({ writer: 'a', closures: 0 });
    expect(log.lines).toEqual([]);
  });
});
