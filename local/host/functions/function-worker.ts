import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import * as v from 'valibot';
import { type Invocation, type WorkerMessage, type WorkerStart, workerMessage } from './worker-protocol.ts';

/**
 * A failed invocation. `errorType` is that of Lambda, or the name of the error that the handler
 * threw.
 */
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
  /** Called for each line that the function writes to stdout or stderr. */
  readonly onLine: (line: string) => void;
}

/** The time limit of Lambda for a cold start. */
const startTimeoutMs = 10_000;

/** One execution environment of a function: a thread that serves one invocation at a time. */
export class FunctionWorker {
  readonly #functionId: string;
  readonly #worker: Worker;
  #waiting: PromiseWithResolvers<WorkerMessage> | undefined;
  #endReason: FunctionError | undefined;
  #termination: Promise<number> | undefined;

  /** @throws FunctionError naming the function, if the bundle does not load */
  static async start(options: WorkerOptions): Promise<FunctionWorker> {
    const worker = new FunctionWorker(options);
    const timer = setTimeout(
      () => worker.end('Sandbox.Timedout', 'cold start timed out after 10 seconds'),
      startTimeoutMs,
    );
    try {
      const message = await worker.#nextMessage();
      if (message.kind === 'ready') return worker;
      const reason =
        message.kind === 'start-failed' ? `${message.errorType}: ${message.errorMessage}` : message.kind;
      worker.end('Runtime.ImportModuleError', `cold start failed: ${reason}`);
      throw worker.#endReason;
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
    return this.#endReason !== undefined;
  }

  /** @throws FunctionError if the handler throws or times out, or the worker ends */
  async invoke(invocation: Invocation, timeoutMs: number): Promise<unknown> {
    const timer = setTimeout(
      () => this.end('Sandbox.Timedout', `Task timed out after ${(timeoutMs / 1_000).toFixed(2)} seconds`),
      timeoutMs,
    );
    try {
      const nextMessage = this.#nextMessage();
      this.#worker.postMessage(invocation, []);
      const message = await nextMessage;
      if (message.kind === 'answered') return JSON.parse(message.response);
      const failure =
        message.kind === 'failed' ? message : { errorType: 'Runtime.Unknown', errorMessage: message.kind };
      throw new FunctionError(this.#functionId, failure.errorType, failure.errorMessage);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Terminates the thread immediately. A running invocation is rejected with the reason. */
  end(errorType: string, reason: string): void {
    if (this.#endReason !== undefined) return;
    this.#endReason = new FunctionError(this.#functionId, errorType, reason);
    this.#waiting?.reject(this.#endReason);
    this.#termination = this.#worker.terminate();
  }

  /** Resolves when the thread of an ended worker is gone. */
  async waitUntilGone(): Promise<void> {
    await this.#termination;
  }

  async #nextMessage(): Promise<WorkerMessage> {
    if (this.#endReason !== undefined) throw this.#endReason;
    this.#waiting = Promise.withResolvers<WorkerMessage>();
    try {
      return await this.#waiting.promise;
    } finally {
      this.#waiting = undefined;
    }
  }
}
