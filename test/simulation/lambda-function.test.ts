import { beforeEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../local/simulation/environment.ts';
import { type InvocationAnswer, LambdaFunction } from '../../local/simulation/lambda-function.ts';
import { runUntil, type SmallWorld, type Strikes, smallWorld } from './small-world.ts';

const coldMs = 1_100;
const warmMs = 6;
const timeoutMs = 30_000;

let world: SmallWorld;
/** Its events are how long the work takes, milliseconds. */
let lambda: LambdaFunction<number>;
/** The environments that were started. */
let environments: Environment[];
/** `answered` or `failed` at a time, for each invocation that ended. */
let ends: string[];
/** Names of the environments that ended in the middle of their work. */
let interrupted: string[];
let throttled: number;

function start(strikes: Strikes = {}, detail = 0.5): void {
  world = smallWorld(strikes, detail);
  environments = [];
  ends = [];
  interrupted = [];
  throttled = 0;
  lambda = new LambdaFunction(
    {
      name: 'deliver',
      timeoutMs,
      concurrency: 2,
      compose: (environment) => {
        environments.push(environment);
        let uses = 0;
        return async (event) => {
          await environment.clock.sleep(event);
          uses += 1;
          if (event === 13) throw new Error('13 is refused');
          return `use ${uses} of ${environment.name}`;
        };
      },
    },
    { ...world, onEnded: ({ name }) => void interrupted.push(name) },
  );
}

function invoke(event: number): void {
  lambda.invoke({
    event,
    onEnd: (answer) => void ends.push(`${textOf(answer)} at ${world.scheduler.nowMs()}`),
    onThrottled: () => {
      throttled += 1;
    },
  });
}

function textOf(answer: InvocationAnswer): string {
  return answer.outcome === 'answered' ? String(answer.value) : answer.outcome;
}

beforeEach(() => start());

describe('LambdaFunction', () => {
  it('answers after a cold start and the time of the work', async () => {
    invoke(100);
    expect(lambda.running).toBe(1);
    await runUntil(world, 10_000);
    expect([ends, lambda.running]).toEqual([[`use 1 of deliver 1 at ${coldMs + 100}`], 0]);
  });

  it('composes once at a cold start, and keeps what it remembers for the next invocation', async () => {
    invoke(100);
    await runUntil(world, 10_000);
    invoke(100);
    await runUntil(world, 20_000);
    expect(environments).toHaveLength(1);
    expect(ends[1]).toBe(`use 2 of deliver 1 at ${10_000 + warmMs + 100}`);
  });

  it('starts another environment while one is busy', async () => {
    invoke(100);
    invoke(100);
    expect(lambda.running).toBe(2);
    await runUntil(world, 10_000);
    expect(environments.map(({ name }) => name)).toEqual(['deliver 1', 'deliver 2']);
    expect(ends.map((end) => end.split(' at')[0])).toEqual(['use 1 of deliver 1', 'use 1 of deliver 2']);
  });

  it('throttles an invocation when all environments that it may have are busy', async () => {
    for (const event of [100, 100, 100]) invoke(event);
    expect([throttled, environments.length]).toEqual([1, 2]);
    await runUntil(world, 10_000);
    invoke(100);
    await runUntil(world, 20_000);
    expect([throttled, ends.length]).toEqual([1, 3]);
  });

  it('is throttled by Lambda without a reason of its own', () => {
    start({ 'invoke-throttled': [true, false] });
    invoke(100);
    invoke(100);
    expect([throttled, environments.length, lambda.running]).toEqual([1, 1, 1]);
  });

  it('reports an error of the code as failed and keeps the environment', async () => {
    invoke(13);
    await runUntil(world, 10_000);
    invoke(100);
    await runUntil(world, 20_000);
    expect(ends).toEqual([`failed at ${coldMs + 13}`, `use 2 of deliver 1 at ${10_000 + warmMs + 100}`]);
    expect(interrupted).toEqual([]);
  });

  it('ends the environment by its timeout in the middle of the work', async () => {
    invoke(timeoutMs + 1);
    await runUntil(world, 100_000);
    expect([ends, interrupted]).toEqual([[`failed at ${coldMs + timeoutMs}`], ['deliver 1']]);
    expect([environments[0]?.hasEnded, lambda.running]).toEqual([true, 0]);
    invoke(100);
    await runUntil(world, 200_000);
    expect(environments).toHaveLength(2);
  });

  it('lets work that is done just in time answer', async () => {
    invoke(timeoutMs - 1);
    await runUntil(world, 100_000);
    expect([ends.length, interrupted]).toEqual([1, []]);
    expect(ends[0]).toContain('use 1');
  });

  it('is sometimes given very little time', async () => {
    start({ 'worker-times-out': [true] });
    invoke(10_000);
    await runUntil(world, 100_000);
    expect([ends, interrupted]).toEqual([[`failed at ${coldMs + 1_003}`], ['deliver 1']]);
  });

  it('fails an invocation whose environment ends, and starts another one for the next', async () => {
    invoke(1_000);
    await runUntil(world, coldMs + 10);
    environments[0]?.end();
    expect([ends, interrupted, lambda.running]).toEqual([[`failed at ${coldMs + 10}`], ['deliver 1'], 0]);
    invoke(100);
    await runUntil(world, 100_000);
    expect(ends[1]).toContain('use 1 of deliver 2');
  });

  it('does not use an environment again that ended while it was idle', async () => {
    invoke(100);
    await runUntil(world, 10_000);
    environments[0]?.end();
    invoke(100);
    await runUntil(world, 100_000);
    expect([ends[1], interrupted]).toEqual([expect.stringContaining('use 1 of deliver 2'), []]);
  });

  it('does not let an environment run between two invocations', async () => {
    invoke(100);
    await runUntil(world, 10_000);
    const ran: number[] = [];
    environments[0]?.after(10, () => void ran.push(world.scheduler.nowMs()));
    await runUntil(world, 20_000);
    expect(ran).toEqual([]);
    invoke(100);
    await runUntil(world, 30_000);
    expect(ran).toEqual([20_000 + warmMs]);
  });

  it('reclaims an idle environment after some time', async () => {
    invoke(100);
    await runUntil(world, 46 * 60_000);
    expect([environments[0]?.hasEnded, ends.length, interrupted]).toEqual([true, 1, []]);
    invoke(100);
    expect(environments).toHaveLength(2);
  });

  it('does not reclaim an environment because of a plan from before its last use', async () => {
    invoke(100);
    await runUntil(world, 20 * 60_000);
    invoke(100);
    await runUntil(world, 40 * 60_000);
    expect(environments[0]?.hasEnded).toBe(false);
    await runUntil(world, 45 * 60_000);
    expect(environments[0]?.hasEnded).toBe(true);
  });

  it('keeps an environment for hours by chance', async () => {
    start({ 'worker-kept': 'always' });
    invoke(100);
    await runUntil(world, 3 * 3_600_000);
    expect(environments[0]?.hasEnded).toBe(false);
  });

  it('fails an invocation whose environment ends before it begins', async () => {
    invoke(100);
    await runUntil(world, 10_000);
    invoke(100);
    environments[0]?.end();
    await runUntil(world, 20_000);
    expect([ends[1], lambda.running]).toEqual([`failed at ${10_000 + warmMs}`, 0]);
  });

  it('starts environments whose clocks are off by up to a second', () => {
    start({ 'worker-clock-off': [true, false] }, 0.9);
    invoke(100);
    invoke(100);
    expect(environments.map(({ skewMs }) => skewMs)).toEqual([800, 2]);
  });

  it.each([
    [10_000, 2],
    [140_000, 800],
  ])('sets the clock of an environment anew only after two idle minutes: %d ms', async (idleMs, skewMs) => {
    start({ 'worker-clock-jumps': [true] }, 0.9);
    invoke(100);
    await runUntil(world, idleMs);
    const before = environments[0]?.skewMs;
    invoke(100);
    await runUntil(world, idleMs + 10_000);
    expect([before, environments[0]?.skewMs]).toEqual([2, skewMs]);
  });
});
