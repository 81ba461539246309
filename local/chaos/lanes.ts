import { type ChildProcess, fork } from 'node:child_process';
import type { SeedResult } from './chaos-run.ts';
import type { ChaosProps } from './chaos-world.ts';

/** What a lane is sent: a seed to play. What it sends back is the result. */
export type LaneTask = ChaosProps;

/**
 * Plays seeds side by side, each in a process of its own while it lasts: one thread could not carry the engines and receivers
 * of two.
 * @param next the seed to play next; undefined ends the lane that asks
 * @throws Error when a process ends before its seed is played
 */
export async function playInLanes(
  lanes: number,
  next: () => LaneTask | undefined,
  onResult: (result: SeedResult) => void,
): Promise<void> {
  await Promise.all(Array.from({ length: lanes }, () => playLane(next, onResult)));
}

async function playLane(
  next: () => LaneTask | undefined,
  onResult: (result: SeedResult) => void,
): Promise<void> {
  const child = fork(new URL('./lane-main.ts', import.meta.url), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  try {
    for (let task = next(); task !== undefined; task = next()) onResult(await played(child, task));
  } finally {
    child.kill();
  }
}

function played(child: ChildProcess, task: LaneTask): Promise<SeedResult> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null, signal: string | null): void =>
      reject(new Error(`The process that played seed ${task.seed} ended with ${code ?? signal}.`));
    child.once('exit', onExit);
    // Both ends are of this version: what is sent is what arrives.
    child.once('message', (result: SeedResult) => {
      child.off('exit', onExit);
      resolve(result);
    });
    child.send(task);
  });
}
