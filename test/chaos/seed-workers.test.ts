import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { runInWorkers, type SeedTask } from '../../local/chaos/seed-workers.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lanes-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A lane that answers a seed with it, tells its process id over seed 99 and never answers, and ends over seed 13 once another did so. */
function program(): URL {
  const file = join(folder, 'lane.mjs');
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

function asked(...seeds: readonly number[]): () => SeedTask | undefined {
  const left = [...seeds];
  return () => {
    const seed = left.shift();
    return seed === undefined ? undefined : { seed, template: 'none' };
  };
}

async function playedSeeds(boundMs: number, ...seeds: readonly number[]): Promise<number[]> {
  const played: number[] = [];
  await runInWorkers(2, asked(...seeds), ({ seed }) => played.push(seed), { program: program(), boundMs });
  return played.toSorted((a, b) => a - b);
}

it('every seed is played once, in two lanes', async () => {
  expect(await playedSeeds(30_000, 1, 2, 3, 4, 5)).toEqual([1, 2, 3, 4, 5]);
});

it('a lane that ends over its seed ends the run, and the other lane', async () => {
  const playing = playedSeeds(30_000, 1, 99, 13);
  await expect(playing).rejects.toThrow('The process that played seed 13 ended with 7.');
  const pid = Number(readFileSync(join(folder, 'silent'), 'utf8'));
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 5_000 });
});

it('a lane that never answers is given up', async () => {
  const playing = playedSeeds(20, 99);
  await expect(playing).rejects.toThrow('The process that played seed 99 did not end within 0.02 s.');
});
