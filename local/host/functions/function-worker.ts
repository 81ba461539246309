import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import * as v from 'valibot';
import { type Invocation, type WorkerMessage, type WorkerStart, workerMessage } from './worker-protocol.ts';

/** Why a function gave no answer; `errorType` as Lambda reports it, or the name of the error that the handler threw. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
  readonly functionId: string;
  readonly errorType: string;
  constructor(functionId: string, errorType: string, message: string) {
    super(`${functionId}: ${message}`);
    this.functionId = functionId;
    this.errorType = errorType;
  }
}

export interface WorkerOptions {
  readonly functionId: string;
  readonly start: WorkerStart;
  readonly environment: Readonly<Record<string, string>>;
  /** Called with each line that the function writes to stdout or stderr. */
  readonly onLine: (line: string) => void;
}

/** Lambda gives a function ten seconds to start. */
const startWithinMs = 10_000;

/** One execution environment of a function: a thread that loaded the bundle and serves one invocation at a time. */
export class FunctionWorker {
  readonly #functionId: string;
  readonly #worker: Worker;
  #waiting: PromiseWithResolvers<WorkerMessage> | undefined;
  #endedBecause: FunctionError | undefined;
  #termination: Promise<number> | undefined;

  /** @throws FunctionError naming the function, when the bundle does not load */
  static async start(options: WorkerOptions): Promise<FunctionWorker> {
    const worker = new FunctionWorker(options);
    const timer = setTimeout(
      () => worker.end('Sandbox.Timedout', 'cold start timed out after 10 seconds'),
      startWithinMs,
    );
    try {
      const said = await worker.#answer();
      if (said.kind === 'ready') return worker;
      const reason = said.kind === 'start-failed' ? `${said.errorType}: ${said.errorMessage}` : said.kind;
      worker.end('Runtime.ImportModuleError', `cold start failed: ${reason}`);
      throw worker.#endedBecause;
    } finally {
      clearTimeout(timer);
    }
  }

  private constructor({ functionId, start, environment, onLine }: WorkerOptions) {
    this.#functionId = functionId;
    this.#worker = new Worker(new URL('./function-worker-main.ts', import.meta.url), {
      name: functionId,
      workerData: start,
      env: { ...environment },
      execArgv: [],
      stdout: true,
      stderr: true,
    });
    for (const input of [this.#worker.stdout, this.#worker.stderr])
      createInterface({ input }).on('line', onLine);
    this.#worker.on('message', (message: unknown) => this.#waiting?.resolve(v.parse(workerMessage, message)));
    this.#worker.on('error', (error) => this.end('Runtime.ExitError', `the runtime crashed: ${error}`));
    this.#worker.on('exit', (code) =>
      this.end('Runtime.ExitError', `the runtime exited with status ${code}`),
    );
  }

  get hasEnded(): boolean {
    return this.#endedBecause !== undefined;
  }

  /** @throws FunctionError when the handler throws, the time is up, or the worker ends */
  async invoke(invocation: Invocation, timeoutMs: number): Promise<unknown> {
    const timer = setTimeout(
      () => this.end('Sandbox.Timedout', `Task timed out after ${(timeoutMs / 1_000).toFixed(2)} seconds`),
      timeoutMs,
    );
    try {
      const answer = this.#answer();
      this.#worker.postMessage(invocation, []);
      const said = await answer;
      if (said.kind === 'answered') return JSON.parse(said.response);
      const failure =
        said.kind === 'failed' ? said : { errorType: 'Runtime.Unknown', errorMessage: said.kind };
      throw new FunctionError(this.#functionId, failure.errorType, failure.errorMessage);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Stops the thread at once, in the middle of whatever it does; a running invocation is rejected with the reason. */
  end(errorType: string, reason: string): void {
    if (this.#endedBecause !== undefined) return;
    this.#endedBecause = new FunctionError(this.#functionId, errorType, reason);
    this.#waiting?.reject(this.#endedBecause);
    this.#termination = this.#worker.terminate();
  }

  /** Resolves when a worker that was ended is gone. */
  async ended(): Promise<void> {
    await this.#termination;
  }

  async #answer(): Promise<WorkerMessage> {
    if (this.#endedBecause !== undefined) throw this.#endedBecause;
    this.#waiting = Promise.withResolvers<WorkerMessage>();
    try {
      return await this.#waiting.promise;
    } finally {
      this.#waiting = undefined;
    }
  }
}
