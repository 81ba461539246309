import { beforeEach, describe, expect, it } from 'vitest';
import { Environment } from '../../local/simulation/environment.ts';
import { runUntil, type SmallWorld, smallWorld } from './small-world.ts';

let world: SmallWorld;
let environment: Environment;
let ran: string[];

const note = (name: string) => () => void ran.push(`${name} at ${world.scheduler.nowMs()}`);

beforeEach(() => {
  world = smallWorld();
  environment = new Environment('deliver 1', world.scheduler, 0);
  ran = [];
});

describe('Environment', () => {
  it('runs its steps at their times', async () => {
    environment.after(10, note('step'));
    await runUntil(world, 100);
    expect(ran).toEqual(['step at 10']);
  });

  it('runs nothing while it is frozen, and what was due when it is thawed', async () => {
    environment.after(10, note('first'));
    environment.after(20, note('second'));
    environment.after(70, note('third'));
    environment.freeze();
    await runUntil(world, 50);
    expect(ran).toEqual([]);
    environment.thaw();
    await runUntil(world, 100);
    expect(ran).toEqual(['first at 50', 'second at 50', 'third at 70']);
  });

  it('does not let code that sleeps go on while it is frozen', async () => {
    void environment.clock.sleep(10).then(note('awake'));
    environment.freeze();
    await runUntil(world, 1_000);
    expect(ran).toEqual([]);
    environment.thaw();
    await runUntil(world, 1_001);
    expect(ran).toEqual(['awake at 1000']);
  });

  it('never runs anything once it has ended, not even when it is thawed', async () => {
    environment.after(10, note('due before the end'));
    environment.freeze();
    await runUntil(world, 20);
    environment.after(10, note('due after the end'));
    environment.end();
    environment.thaw();
    environment.resume(note('resumed'));
    environment.after(0, note('planned after the end'));
    await runUntil(world, 100);
    expect([ran, environment.hasEnded]).toEqual([[], true]);
  });

  it('stays ended when it is frozen and thawed', async () => {
    environment.end();
    environment.freeze();
    environment.thaw();
    environment.resume(note('resumed'));
    expect([ran, environment.hasEnded]).toEqual([[], true]);
  });

  it('gets no processor time while it is stalled', async () => {
    environment.after(10, note('step'));
    environment.stall(500);
    environment.resume(note('resumed'));
    await runUntil(world, 1_000);
    expect(ran.toSorted()).toEqual(['resumed at 500', 'step at 500']);
  });

  it('is stalled until the last of its stalls is over', async () => {
    environment.stall(500);
    environment.stall(10);
    environment.after(0, note('step'));
    await runUntil(world, 1_000);
    expect(ran).toEqual(['step at 500']);
  });

  it('tells each listener of its end once', () => {
    environment.onEnd(note('first'));
    environment.onEnd(note('second'));
    environment.end();
    environment.end();
    expect(ran).toEqual(['first at 0', 'second at 0']);
  });

  it('has a clock of its own, in whole milliseconds', async () => {
    environment.skewMs = -400.5;
    await runUntil(world, 1_000);
    expect(environment.clock.nowMs()).toBe(599);
  });

  it('sleeps no time for a negative number of milliseconds', async () => {
    void environment.clock.sleep(-5).then(note('awake'));
    await runUntil(world, 1);
    expect(ran).toEqual(['awake at 0']);
  });
});
