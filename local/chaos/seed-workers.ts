import { type ChildProcess, fork } from 'node:child_process';
import type { ChaosProps } from './chaos-world.ts';

/** The message to a worker process: a seed to run. Its answer is a `SeedResult`. */
export type SeedTask = ChaosProps;

export interface SeedWorkerSettings {
  /** The module that a worker process runs. */
  readonly program: URL;
  /** How long one seed may take, milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Runs seeds in parallel, each worker in its own process: one thread is too slow for the engines
 * and receivers of two seeds.
 */
export class SeedWorkers<Task extends { readonly seed: number }, Result> {
  readonly #settings: SeedWorkerSettings;

  constructor(settings: SeedWorkerSettings) {
    this.#settings = settings;
  }

  /**
   * @param nextTask returns the next seed, or undefined if there is none left
   * @throws Error if a process ends before it has answered, or exceeds the timeout. The other
   * processes are ended too.
   */
  async run(
    workers: number,
    nextTask: () => Task | undefined,
    onResult: (result: Result) => void,
  ): Promise<void> {
    const children = Array.from({ length: workers }, () =>
      fork(this.#settings.program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
    );
    try {
      await Promise.all(children.map((child) => this.#runTasks(child, nextTask, onResult)));
    } finally {
      for (const child of children) child.kill();
    }
  }

  async #runTasks(
    child: ChildProcess,
    nextTask: () => Task | undefined,
    onResult: (result: Result) => void,
  ): Promise<void> {
    for (let task = nextTask(); task !== undefined; task = nextTask())
      onResult(await this.#runTask(child, task));
    child.kill();
  }

  #runTask(child: ChildProcess, task: Task): Promise<Result> {
    const { timeoutMs } = this.#settings;
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
      const onExit = (code: number | null, signal: string | null): void =>
        fail(`ended with ${code ?? signal}`);
      // Parent and child run the same code, so the message needs no parsing.
      const onMessage = (result: Result): void => {
        removeListeners();
        resolve(result);
      };
      child.once('exit', onExit);
      child.once('message', onMessage);
      child.send(task);
    });
  }
}
