import { beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../lambdas/core/json.ts';
import { LambdaFunction } from '../../local/simulation/lambda-function.ts';
import { Schedules } from '../../local/simulation/schedules.ts';
import { runUntil, type SmallWorld, type Strikes, smallWorld } from './small-world.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

let world: SmallWorld;
/** Minutes in which each function was invoked. */
let minutes: { readonly sweep: number[]; readonly reconcile: number[] };
let nextDueMs: number;

function start(strikes: Strikes = {}): void {
  world = smallWorld(strikes);
  minutes = { sweep: [], reconcile: [] };
  nextDueMs = Infinity;
  const schedules = new Schedules({
    ...world,
    account: { sweep: counting<undefined>('sweep'), reconcile: counting<Json | undefined>('reconcile') },
    storage: { nextDueMs: () => nextDueMs },
  });
  schedules.start();
}

function counting<Event>(name: 'sweep' | 'reconcile'): LambdaFunction<Event> {
  const compose = () => async (): Promise<void> =>
    void minutes[name].push(Math.floor((10 * world.scheduler.nowMs()) / minuteMs) / 10);
  const settings = { name, timeoutMs: 55_000, concurrency: 5, compose };
  return new LambdaFunction<Event>(settings, { ...world, onEnded: () => undefined });
}

beforeEach(() => start());

describe('Schedules', () => {
  it('invoke sweep every minute and reconcile every five', async () => {
    await runUntil(world, 10.5 * minuteMs);
    expect(minutes).toEqual({ sweep: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], reconcile: [5, 10] });
  });

  it('miss a minute', async () => {
    start({ 'schedule-missed': [false, true, false] });
    await runUntil(world, 4.5 * minuteMs);
    expect(minutes.sweep).toEqual([1, 3, 4]);
  });

  it('are late by less than a minute', async () => {
    start({ 'schedule-late': [true, false] });
    await runUntil(world, 2.4 * minuteMs);
    expect(minutes.sweep).toEqual([1.5, 2]);
  });

  it('invoke twice within seconds', async () => {
    start({ 'schedule-doubled': [false, true, false] });
    await runUntil(world, 3.5 * minuteMs);
    expect(minutes.sweep).toEqual([1, 2, 2, 3]);
  });

  it('leave out the minutes after the storm in which sweep would find nothing', async () => {
    world.faults.endStorm();
    await runUntil(world, hourMs);
    expect(minutes).toEqual({ sweep: [], reconcile: [] });
    nextDueMs = hourMs + 2.5 * minuteMs;
    await runUntil(world, hourMs + 4.5 * minuteMs);
    expect(minutes).toEqual({ sweep: [63, 64], reconcile: [] });
  });
});
