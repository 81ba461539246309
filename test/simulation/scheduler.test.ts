import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Scheduler } from '../../local/simulation/scheduler.ts';

const never = () => false;

/** A scheduler that decides ties by these numbers. */
function schedulerWith(...numbers: readonly number[]): Scheduler {
  const left = [...numbers];
  return new Scheduler(1_000, () => left.shift() ?? 0.5);
}

/** Runs steps of one millisecond, planned as a, b, c. Returns their names as they ran. */
async function orderWith(...numbers: readonly number[]): Promise<string> {
  const scheduler = schedulerWith(...numbers);
  const ran: string[] = [];
  for (const name of ['a', 'b', 'c']) scheduler.at(2_000, () => void ran.push(name));
  await scheduler.run(never);
  return ran.join('');
}

async function awaitTimes(times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await Promise.resolve();
}

describe('Scheduler', () => {
  it('runs steps in the order of their times, however they are planned', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(50), { maxLength: 60 }), async (times) => {
        const scheduler = schedulerWith();
        const ran: number[] = [];
        for (const ms of times) scheduler.after(ms, () => void ran.push(ms));
        await scheduler.run(never);
        expect(ran).toEqual(times.toSorted((a, b) => a - b));
      }),
    );
  });

  it('runs steps that other steps plan in the middle of a run', async () => {
    const scheduler = schedulerWith();
    const ran: string[] = [];
    scheduler.after(30, () => void ran.push('last'));
    scheduler.after(10, () => {
      ran.push('first');
      scheduler.after(10, () => void ran.push('between'));
    });
    await scheduler.run(never);
    expect(ran).toEqual(['first', 'between', 'last']);
  });

  it('decides by its random numbers what happens first in a millisecond', async () => {
    expect([
      await orderWith(0.1, 0.2, 0.3),
      await orderWith(0.3, 0.1, 0.2),
      await orderWith(0.3, 0.2, 0.1),
    ]).toEqual(['abc', 'bca', 'cba']);
  });

  it('moves its time from step to step, and counts them', async () => {
    const scheduler = schedulerWith();
    const times: number[] = [];
    for (const ms of [500, 86_400_000]) scheduler.after(ms, () => void times.push(scheduler.nowMs()));
    expect([scheduler.nowMs(), scheduler.done]).toEqual([1_000, 0]);
    await scheduler.run(never);
    expect(times).toEqual([1_500, 86_401_000]);
    expect([scheduler.nowMs(), scheduler.done]).toEqual([86_401_000, 2]);
  });

  it('takes a time that has passed for now', async () => {
    const scheduler = schedulerWith();
    const times: number[] = [];
    scheduler.at(0, () => void times.push(scheduler.nowMs()));
    scheduler.after(-5, () => void times.push(scheduler.nowMs()));
    await scheduler.run(never);
    expect(times).toEqual([1_000, 1_000]);
  });

  it('sleeps in virtual time', async () => {
    const scheduler = schedulerWith();
    const sleeping = scheduler.sleep(3_600_000).then(scheduler.nowMs);
    await scheduler.run(never);
    expect(await sleeping).toBe(3_601_000);
  });

  it('runs the code that a step woke until it waits again, before the next step', async () => {
    const scheduler = schedulerWith(0.1, 0.2);
    const ran: string[] = [];
    const work = async (): Promise<void> => {
      await awaitTimes(1_000);
      ran.push(`woken at ${scheduler.nowMs()}`);
      await scheduler.sleep(0);
      ran.push('woken again');
    };
    scheduler.at(2_000, () => void work());
    scheduler.at(2_000, () => void ran.push('next step'));
    await scheduler.run(never);
    expect(ran).toEqual(['woken at 2000', 'next step', 'woken again']);
  });

  it('runs code that is awake before the first step', async () => {
    const scheduler = schedulerWith();
    const ran: string[] = [];
    scheduler.after(0, () => void ran.push('step'));
    void awaitTimes(100).then(() => ran.push('awake'));
    await scheduler.run(never);
    expect(ran).toEqual(['awake', 'step']);
  });

  it('stops between two steps when the run is over, and can go on', async () => {
    const scheduler = schedulerWith();
    const ran: number[] = [];
    for (const ms of [10, 20, 30]) scheduler.after(ms, () => void ran.push(ms));
    await scheduler.run(() => ran.length === 2);
    expect([ran, scheduler.nowMs()]).toEqual([[10, 20], 1_020]);
    await scheduler.run(never);
    expect(ran).toEqual([10, 20, 30]);
  });

  it('returns at once when nothing is planned', async () => {
    const scheduler = schedulerWith();
    await scheduler.run(never);
    expect([scheduler.done, scheduler.nowMs()]).toEqual([0, 1_000]);
  });
});
