import { describe, expect, it } from 'vitest';
import type { Quota } from '../../../lambdas/ports/quota.ts';
import { type QuotaWorld, quotaWorld, watched } from './quota-world.ts';

const limits = { perSecond: 1, perDay: 10_000 };

/** Writes one thing after the other. All writes take the same time to arrive. */
function keepWriting({ time }: QuotaWorld, quota: Quota, writesMs: number[]): void {
  const clock = time.clock();
  const keepOn = async () => {
    for (;;)
      await quota.acquirePermit().then(
        () => void writesMs.push(time.nowMs()),
        () => clock.sleep(1_000),
      );
  };
  for (let line = 0; line < 3; line += 1) void keepOn();
}

describe('promise 4: writers that share a ledger of one write a second', () => {
  it.each([
    { what: 'punctual', lateMs: () => 0, leastUse: 0.95 },
    { what: 'always 40 ms late', lateMs: () => 40, leastUse: 0.8 },
    { what: 'up to 90 ms late', lateMs: (next: () => number) => 90 * next(), leastUse: 0.4 },
  ])(
    'never write twice in a second, and use $leastUse of the permits, with timers that are $what',
    async ({ lateMs, leastUse }) => {
      for (let seed = 1; seed <= 10; seed += 1) {
        const world = quotaWorld({ limits, seed });
        const writesMs: number[] = [];
        const late = () => lateMs(() => world.random.next());
        for (const [name, skewMs] of [['early', 500] as const, ['late', -500] as const])
          keepWriting(world, world.writer({ name, skewMs, lateMs: late }), writesMs);
        await world.time.run(130_000);
        const gapsMs = writesMs.slice(1).map((writeMs, index) => writeMs - (writesMs[index] ?? 0));
        expect(Math.min(...gapsMs)).toBeGreaterThanOrEqual(1_000);
        const [firstMs = 0] = writesMs;
        const settled = writesMs.filter((ms) => ms >= firstMs + 5_000 && ms < firstMs + 125_000);
        expect(settled.length / (0.95 * 120)).toBeGreaterThanOrEqual(leastUse);
      }
    },
  );

  it('let the answer to an invitation pass a backlog of commands', async () => {
    const world = quotaWorld({ limits });
    const backlogs = ['a', 'b', 'c'].map((name) => world.writer({ name, patienceMs: 600_000 }));
    for (let command = 0; command < 100; command += 1)
      for (const backlog of backlogs) void watched(backlog.acquirePermit());
    const answers = world.writer({ name: 'answers', purpose: 'invitation' });
    await world.time.run(10_000);
    for (let answer = 0; answer < 20; answer += 1) {
      const permit = watched(answers.acquirePermit());
      await world.time.run(3_500);
      expect(permit.outcome).toBe('resolved');
    }
  });
});

describe('writeLimiter', () => {
  it('leaves the last twentieth of the day to invitations, and reports what is used from half of the limit', async () => {
    const world = quotaWorld({ limits: { perSecond: 10, perDay: 20 } });
    const commands = world.writer({ name: 'commands' });
    const written = Array.from({ length: 20 }, () => watched(commands.acquirePermit()));
    await world.time.run(30_000);
    expect(written.filter(({ outcome }) => outcome === 'resolved')).toHaveLength(19);
    expect(written.at(-1)?.reason).toMatchObject({ code: 'quota.waiting', details: { limit: 'day' } });
    expect(Math.min(...world.spent)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...world.spent)).toBe(19);
    const answer = watched(world.writer({ name: 'answers', purpose: 'invitation' }).acquirePermit());
    await world.time.run(1_000);
    expect(answer.outcome).toBe('resolved');
  });

  it('counts a throttle as one of writes, and lets nothing through for a second', async () => {
    const world = quotaWorld({ limits });
    const quota = world.writer({ name: 'commands' });
    await Promise.all([quota.reportThrottle(), world.time.run(100)]);
    expect(world.metrics.totals()).toEqual({ WritesThrottled: 1 });
    expect(world.log.of('quota.closed')).toEqual([{ calls: 'writes', closedForMs: 1_000, closures: 1 }]);
    const next = watched(quota.acquirePermit());
    await world.time.run(800);
    expect(next.outcome).toBeUndefined();
    await world.time.run(1_000);
    expect(next.outcome).toBe('resolved');
  });
});
