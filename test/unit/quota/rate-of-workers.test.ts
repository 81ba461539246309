import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Quota } from '../../../lambdas/ports/quota.ts';
import { type QuotaWorld, quotaWorld } from './quota-world.ts';

interface Load {
  readonly seed: number;
  readonly perSecond: number;
  readonly latencyMs: number;
  readonly workers: readonly { readonly skewMs: number; readonly startsAtMs: number }[];
}

const loads: fc.Arbitrary<Load> = fc.record({
  seed: fc.nat(),
  perSecond: fc.constantFrom(2, 10, 10, 10, 25),
  latencyMs: fc.integer({ min: 1, max: 6 }),
  workers: fc.array(
    fc.record({ skewMs: fc.integer({ min: -1_000, max: 1_000 }), startsAtMs: fc.nat(3_000) }),
    { minLength: 1, maxLength: 6 },
  ),
});

/** Reads ten records at a time. Each waits for a permit, and retries a second after a rejection. */
function keepReading({ time, random }: QuotaWorld, quota: Quota, readsMs: number[]): void {
  const trueClock = time.clock();
  const read = async () => {
    readsMs.push(time.nowMs());
    await trueClock.sleep(50 + 200 * random.next());
  };
  const keepOn = async () => {
    for (;;) await quota.acquirePermit().then(read, () => trueClock.sleep(1_000));
  };
  for (let record = 0; record < 10; record += 1) void keepOn();
}

/** The times of all reads under a load, by the true clock. */
async function readsUnder({ workers, perSecond, ...load }: Load, forMs: number): Promise<number[]> {
  const world = quotaWorld({ ...load, limits: { perSecond, perDay: 100_000 } });
  const { time, random } = world;
  const readsMs: number[] = [];
  // Timers are usually punctual; sometimes the worker is busy.
  const lateMs = () => (random.next() < 0.02 ? 60 * random.next() : 3 * random.next());
  for (const [index, { skewMs, startsAtMs }] of workers.entries()) {
    const quota = world.worker({ name: `worker-${index}`, skewMs, lateMs });
    void time
      .clock()
      .sleep(startsAtMs)
      .then(() => keepReading(world, quota, readsMs));
  }
  await time.run(forMs);
  return readsMs;
}

it('promise 4: workers whose clocks differ by up to two seconds never exceed the limit in any second', async () => {
  await fc.assert(
    fc.asyncProperty(loads, async (load) => {
      const readsMs = await readsUnder(load, 12_000);
      const tooMany = readsMs.filter(
        (readMs, index) => readMs - (readsMs[index - load.perSecond] ?? 0) < 1_000,
      );
      expect(tooMany).toEqual([]);
      expect(readsMs.length).toBeGreaterThan(load.perSecond);
    }),
    { numRuns: 30 },
  );
});

it.each([
  { perSecond: 10, skewsMs: [0] },
  { perSecond: 10, skewsMs: [900, -900] },
  { perSecond: 10, skewsMs: [-40, 700, -1_000] },
  { perSecond: 10, skewsMs: [0, 30, 1_000, -1_000] },
  { perSecond: 2, skewsMs: [-500, 500] },
  { perSecond: 25, skewsMs: [-500, 500] },
])(
  'workers use at least 90 % of $perSecond reads a second while there is work, with clocks off by $skewsMs',
  async ({ perSecond, skewsMs }) => {
    const workers = skewsMs.map((skewMs) => ({ skewMs, startsAtMs: 0 }));
    const readsMs = await readsUnder({ seed: 1, perSecond, latencyMs: 3, workers }, 40_000);
    // The clock offsets take a few seconds to learn.
    const settledMs = (readsMs[0] ?? 0) + 5_000;
    const reads = readsMs.filter((readMs) => readMs >= settledMs && readMs < settledMs + 30_000);
    expect(reads.length / (30 * perSecond)).toBeGreaterThanOrEqual(0.9);
  },
);
