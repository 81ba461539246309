import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type SeedTask, SeedWorkers } from '../../local/chaos/seed-workers.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seed-workers-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/**
 * Writes the program of a worker process. The worker answers each seed except two: at seed 99 it
 * writes its process id to a file and never answers. At seed 13 it waits for that file and ends.
 */
function writeProgram(): URL {
  const file = join(folder, 'worker.mjs');
  writeFileSync(
    file,
    `import { existsSync, writeFileSync } from 'node:fs';
     import { setTimeout as sleep } from 'node:timers/promises';
     const silent = new URL('./silent', import.meta.url);
     process.on('message', async ({ seed }) => {
       if (seed === 99) return writeFileSync(silent, String(process.pid));
       while (seed === 13 && !existsSync(silent)) await sleep(5);
       if (seed === 13) process.exit(7);
       process.send({ seed });
     });`,
  );
  return pathToFileURL(file);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function tasksOf(...seeds: readonly number[]): () => SeedTask | undefined {
  const left = [...seeds];
  return () => {
    const seed = left.shift();
    return seed === undefined ? undefined : { seed, template: 'cdk.out/unused' };
  };
}

async function runSeeds(timeoutMs: number, ...seeds: readonly number[]): Promise<number[]> {
  const finished: number[] = [];
  const workers = new SeedWorkers<SeedTask, { readonly seed: number }>({
    program: writeProgram(),
    timeoutMs,
  });
  await workers.run(2, tasksOf(...seeds), ({ seed }) => finished.push(seed));
  return finished.toSorted((a, b) => a - b);
}

describe('SeedWorkers', () => {
  it('runs every seed once in two workers', async () => {
    expect(await runSeeds(30_000, 1, 2, 3, 4, 5)).toEqual([1, 2, 3, 4, 5]);
  });

  it('fails and ends the other worker if a worker ends before it has answered', async () => {
    const running = runSeeds(30_000, 1, 99, 13);
    await expect(running).rejects.toThrow('The worker process of seed 13 ended with 7.');
    const pid = Number(readFileSync(join(folder, 'silent'), 'utf8'));
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 5_000 });
  });

  it('fails if a worker does not answer in time', async () => {
    const running = runSeeds(20, 99);
    await expect(running).rejects.toThrow('The worker process of seed 99 did not answer within 0.02 s.');
  });
});
