import { type ChildProcess, fork } from 'node:child_process';
import type { SeedResult } from './chaos-run.ts';
import type { ChaosProps } from './chaos-world.ts';

/** What a lane is sent: a seed to play. What it sends back is the result. */
export type SeedTask = ChaosProps;

/** What a lane runs, and how long it may take for one seed. */
export interface SeedWorkerSettings {
  readonly program: URL;
  readonly boundMs: number;
}

const chaos: SeedWorkerSettings = {
  program: new URL('./seed-worker-main.ts', import.meta.url),
  // Everything in a run has its bound; this is the one for what nobody thought of.
  boundMs: 300_000,
};

/**
 * Plays seeds side by side, each in a process of its own while it lasts: one thread could not carry the engines and receivers
 * of two.
 * @param next the seed to play next; undefined ends the lane that asks
 * @throws Error when a process ends before its seed is played, or does not end it in time; the others end with it
 */
export async function runInWorkers(
  lanes: number,
  next: () => SeedTask | undefined,
  onResult: (result: SeedResult) => void,
  { program, boundMs }: SeedWorkerSettings = chaos,
): Promise<void> {
  const children = Array.from({ length: lanes }, () =>
    fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
  );
  try {
    await Promise.all(children.map((child) => playLane(child, next, onResult, boundMs)));
  } finally {
    for (const child of children) child.kill();
  }
}

async function playLane(
  child: ChildProcess,
  next: () => SeedTask | undefined,
  onResult: (result: SeedResult) => void,
  boundMs: number,
): Promise<void> {
  for (let task = next(); task !== undefined; task = next()) onResult(await played(child, task, boundMs));
  child.kill();
}

function played(child: ChildProcess, task: SeedTask, boundMs: number): Promise<SeedResult> {
  return new Promise((resolve, reject) => {
    const conclude = (): void => {
      clearTimeout(timer);
      child.off('exit', onExit);
      child.off('message', onMessage);
    };
    const fail = (how: string): void => {
      conclude();
      reject(new Error(`The process that played seed ${task.seed} ${how}.`));
    };
    const timer = setTimeout(() => fail(`did not end within ${boundMs / 1_000} s`), boundMs);
    const onExit = (code: number | null, signal: string | null): void => fail(`ended with ${code ?? signal}`);
    // Both ends are of this version: what is sent is what arrives.
    const onMessage = (result: SeedResult): void => {
      conclude();
      resolve(result);
    };
    child.once('exit', onExit);
    child.once('message', onMessage);
    child.send(task);
  });
}
