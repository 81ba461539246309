import { randomUUID } from 'node:crypto';
import { localArn, localRegion } from '../local-account.ts';
import type { Resource } from '../template/template.ts';
import { FunctionError, FunctionWorker } from './function-worker.ts';
import type { WorkerClock, WorkerStart } from './worker-protocol.ts';

export interface FunctionSettings {
  readonly resource: Resource;
  readonly functionName: string;
  readonly start: WorkerStart;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Maximum number of workers; further invocations wait. */
  readonly concurrency: number;
  /** Called for each worker that starts. @default the clock of the machine */
  readonly clock?: ((functionId: string) => WorkerClock) | undefined;
  readonly onLine: (functionId: string, line: string) => void;
}

/** A function of the template with a pool of workers. An invocation starts one if none is free. */
export class FunctionHost {
  readonly #settings: FunctionSettings;
  readonly #idle: FunctionWorker[] = [];
  readonly #busy = new Set<FunctionWorker>();
  readonly #queue: (() => void)[] = [];
  /** Number of running invocations, including invocations that wait for a cold start. */
  #running = 0;
  #stopped = false;

  constructor(settings: FunctionSettings) {
    this.#settings = settings;
  }

  get resource(): Resource {
    return this.#settings.resource;
  }

  /** Construct path below the stack, used in reports. */
  get id(): string {
    return this.#settings.resource.id;
  }

  get name(): string {
    return this.#settings.functionName;
  }

  get environment(): Readonly<Record<string, string>> {
    return this.#settings.environment;
  }

  get arn(): string {
    return localArn('lambda', `function:${this.#settings.functionName}`);
  }

  get concurrency(): number {
    return this.#settings.concurrency;
  }

  /**
   * Calls the handler in a worker. Event and response are copied as JSON.
   * @throws FunctionError if the function does not start, throws, times out or is killed
   */
  async invoke(event: unknown): Promise<unknown> {
    while (this.#running >= this.#settings.concurrency)
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    this.#running += 1;
    try {
      return await this.#invokeInWorker(event);
    } finally {
      this.#running -= 1;
      this.#queue.shift()?.();
    }
  }

  /**
   * Kills one worker, preferably a busy one.
   * @returns whether it was busy or idle, if there was one
   */
  kill(): 'busy' | 'idle' | undefined {
    const [busy] = this.#busy;
    const worker = busy ?? this.#idle.pop();
    worker?.end('Sandbox.Killed', 'the worker was killed');
    if (worker === undefined) return undefined;
    return worker === busy ? 'busy' : 'idle';
  }

  /** Kills all busy workers. @returns how many there were */
  killBusy(): number {
    const busy = [...this.#busy];
    for (const worker of busy) worker.end('Sandbox.Killed', 'the worker was killed');
    return busy.length;
  }

  /** Kills all workers. @returns how many there were */
  killAll(): number {
    const idle = this.#idle.splice(0);
    for (const worker of idle) worker.end('Sandbox.Killed', 'the worker was killed');
    return idle.length + this.killBusy();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    const workers = [...this.#idle, ...this.#busy];
    for (const worker of workers) worker.end('Sandbox.Stopped', 'the stage was stopped');
    for (const resume of this.#queue.splice(0)) resume();
    await Promise.all(workers.map((worker) => worker.waitUntilGone()));
  }

  async #invokeInWorker(event: unknown): Promise<unknown> {
    const { timeoutMs } = this.#settings;
    const worker = await this.#freeWorker();
    this.#busy.add(worker);
    try {
      const deadlineAtEpochMs = Date.now() + timeoutMs;
      const invocation = { event: JSON.stringify(event), deadlineAtEpochMs, context: this.#context() };
      return await worker.invoke(invocation, timeoutMs);
    } finally {
      this.#busy.delete(worker);
      if (!worker.hasEnded) this.#idle.push(worker);
    }
  }

  async #freeWorker(): Promise<FunctionWorker> {
    const { start, clock, environment, onLine } = this.#settings;
    const { id } = this;
    const free = this.#idle.pop();
    if (free !== undefined && !free.hasEnded) return free;
    if (this.#stopped) throw new FunctionError(id, 'Sandbox.Stopped', 'the stage was stopped');
    const worker = await FunctionWorker.start({
      functionId: id,
      start: clock ? { ...start, clock: clock(id) } : start,
      environment,
      onLine: (line) => onLine(id, line),
    });
    if (this.#stopped) worker.end('Sandbox.Stopped', 'the stage was stopped');
    return worker;
  }

  /** The context object. The worker adds its methods. */
  #context(): Readonly<Record<string, unknown>> {
    const { functionName, memoryMb } = this.#settings;
    return {
      awsRequestId: randomUUID(),
      functionName,
      functionVersion: '$LATEST',
      invokedFunctionArn: this.arn,
      memoryLimitInMB: String(memoryMb),
      logGroupName: `/aws/lambda/${functionName}`,
      logStreamName: 'local',
      callbackWaitsForEmptyEventLoop: true,
    };
  }
}

/** The environment variables that Lambda sets for a function. */
export function lambdaEnvironment(functionName: string, handler: string, memoryMb: number, folder: string) {
  return {
    AWS_REGION: localRegion,
    AWS_DEFAULT_REGION: localRegion,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    _HANDLER: handler,
    LAMBDA_TASK_ROOT: folder,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
  };
}
