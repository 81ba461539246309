import { type ChildProcess, fork } from 'node:child_process';
import type { SeedResult } from './chaos-run.ts';
import type { ChaosProps } from './chaos-world.ts';

/** The message to a worker process: a seed to run. Its answer is a `SeedResult`. */
export type SeedTask = ChaosProps;

export interface SeedWorkerSettings {
  /** The module that a worker process runs. */
  readonly program: URL;
  /** How long one seed may take, milliseconds. */
  readonly timeoutMs: number;
}

const chaosWorker: SeedWorkerSettings = {
  program: new URL('./seed-worker-main.ts', import.meta.url),
  // Each step of a seed has its own time limit. This one catches everything else.
  timeoutMs: 300_000,
};

/**
 * Runs seeds in parallel, each worker in its own process: one thread is too slow for the engines
 * and receivers of two seeds.
 * @param nextTask returns the next seed, or undefined if there is none left
 * @throws Error if a process ends before it has answered, or exceeds the timeout. The other
 * processes are ended too.
 */
export async function runInWorkers(
  workers: number,
  nextTask: () => SeedTask | undefined,
  onResult: (result: SeedResult) => void,
  { program, timeoutMs }: SeedWorkerSettings = chaosWorker,
): Promise<void> {
  const children = Array.from({ length: workers }, () =>
    fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
  );
  try {
    await Promise.all(children.map((child) => runTasks(child, nextTask, onResult, timeoutMs)));
  } finally {
    for (const child of children) child.kill();
  }
}

async function runTasks(
  child: ChildProcess,
  nextTask: () => SeedTask | undefined,
  onResult: (result: SeedResult) => void,
  timeoutMs: number,
): Promise<void> {
  for (let task = nextTask(); task !== undefined; task = nextTask())
    onResult(await runTask(child, task, timeoutMs));
  child.kill();
}

function runTask(child: ChildProcess, task: SeedTask, timeoutMs: number): Promise<SeedResult> {
  return new Promise((resolve, reject) => {
    const removeListeners = (): void => {
      clearTimeout(timer);
      child.off('exit', onExit);
      child.off('message', onMessage);
    };
    const fail = (problem: string): void => {
      removeListeners();
      reject(new Error(`The worker process of seed ${task.seed} ${problem}.`));
    };
    const timer = setTimeout(() => fail(`did not answer within ${timeoutMs / 1_000} s`), timeoutMs);
    const onExit = (code: number | null, signal: string | null): void => fail(`ended with ${code ?? signal}`);
    // Parent and child run the same code, so the message needs no parsing.
    const onMessage = (result: SeedResult): void => {
      removeListeners();
      resolve(result);
    };
    child.once('exit', onExit);
    child.once('message', onMessage);
    child.send(task);
  });
}
