import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { SeedWorkers } from '../../local/chaos/seed-workers.ts';
import { buildProgram } from '../../local/simulation/build.ts';
import { runSeed } from '../../local/simulation/run-seed.ts';
import type { SimulationReport, SimulationTask } from '../../local/simulation/task.ts';

const seeds = [1, 2, 3, 1_000_003];
/** Fewer than by default, since each seed is played several times. */
const rounds = 6;

let program: URL;

/** Plays seeds one after the other in a process of its own. @returns their hashes by seed */
async function hashesOf(order: readonly number[]): Promise<Readonly<Record<number, string>>> {
  const left = [...order];
  const hashes: Record<number, string> = {};
  await new SeedWorkers<SimulationTask, SimulationReport>({ program, timeoutMs: 60_000 }).run(
    1,
    () => {
      const seed = left.shift();
      return seed === undefined
        ? undefined
        : { seed, rounds, commands: 0, only: undefined, trace: false, shorten: false };
    },
    ({ seed, hash }) => {
      hashes[seed] = hash;
    },
  );
  return hashes;
}

function failWith(what: string): () => never {
  return () => {
    throw new Error(`the simulation uses ${what}`);
  };
}

beforeAll(async () => {
  program = await buildProgram('test-determinism', undefined);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('a seed', () => {
  it('has the same trace in every process, whatever was played there before', async () => {
    const [forward, backward] = [await hashesOf(seeds), await hashesOf(seeds.toReversed())];
    expect(backward).toEqual(forward);
    expect(new Set(Object.values(forward)).size).toBe(seeds.length);
  });

  it('has the same trace when it is played again in one process', async () => {
    const first = await runSeed({ seed: 1, rounds });
    await runSeed({ seed: 2, rounds });
    const again = await runSeed({ seed: 1, rounds });
    expect(again.hash).toBe(first.hash);
    expect(again.trace).toEqual(first.trace);
  });

  it('has the same trace at another time of day, without chance and without timers', async () => {
    const { hash } = await runSeed({ seed: 3, rounds });
    vi.useFakeTimers({ now: Date.parse('1999-12-31T23:59:59Z') });
    vi.spyOn(Math, 'random').mockImplementation(failWith('Math.random'));
    expect((await runSeed({ seed: 3, rounds })).hash).toBe(hash);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('never reads the clock of the machine', async () => {
    vi.spyOn(Date, 'now').mockImplementation(failWith('Date.now'));
    vi.spyOn(performance, 'now').mockImplementation(failWith('performance.now'));
    expect((await runSeed({ seed: 3, rounds })).violations).toEqual([]);
  });

  it('has another trace with fewer faults', async () => {
    const { hash, happened } = await runSeed({ seed: 1, rounds });
    const without = await runSeed({ seed: 1, rounds, only: new Set(happened.slice(0, -1)) });
    expect(without.hash).not.toBe(hash);
  });

  it('repeats its trace when exactly what happened is let happen', async () => {
    const { hash, happened } = await runSeed({ seed: 2, rounds });
    expect((await runSeed({ seed: 2, rounds, only: new Set(happened) })).hash).toBe(hash);
  });
});
