import { between, pick, type Random } from '../partner-central/seeded-random.ts';
import { Environment } from './environment.ts';
import type { Faults } from './faults.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

export type InvocationAnswer =
  | { readonly outcome: 'answered'; readonly value: unknown }
  | { readonly outcome: 'failed' };

export interface Invocation<Event> {
  readonly event: Event;
  /** Called when the function has answered, failed, timed out or ended. */
  readonly onEnd: (answer: InvocationAnswer) => void;
  /** Called if Lambda throttles: no environment is free, and no further one may be started. */
  readonly onThrottled: () => void;
}

export interface FunctionSettings<Event> {
  /** As in its contract. */
  readonly name: string;
  readonly timeoutMs: number;
  /** Most environments at the same time. */
  readonly concurrency: number;
  /** Composes the function at a cold start. Returns what handles one event. */
  readonly compose: (environment: Environment) => (event: Event) => Promise<unknown>;
}

/** What an event source or a schedule invokes. */
export interface Consumer<Event> {
  invoke(invocation: Invocation<Event>): void;
}

export interface FunctionDeps {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly trace: Trace;
  readonly random: Random;
  readonly onEnded: (environment: Environment) => void;
}

interface Instance<Event> {
  readonly environment: Environment;
  readonly handle: (event: Event) => Promise<unknown>;
  isBusy: boolean;
  /** How often it was invoked. An old plan to reclaim it does nothing if it was used since. */
  uses: number;
  /** When it was started, or last answered. */
  idleSinceMs: number;
}

/** How far a clock is off at most. AWS keeps clocks within milliseconds. */
const mostSkewMs = 1_000;
/**
 * A clock is set anew only while its environment is frozen for longer than this. Other workers
 * remember its offset for two minutes: a running clock must not jump, see promise 4.
 */
const longestOffsetMs = 120_000;
/** How long an unused environment is kept. AWS states no time; these are assumptions. */
const shortestKeptMs = 60_000;
const longestKeptMs = 45 * 60_000;
const longestKeptForLongMs = 6 * 3_600_000;

/**
 * A Lambda function. Its environments are started, frozen between invocations, reused with all
 * that their modules remember, and reclaimed. It has a limit of concurrency, and a timeout that can
 * end an environment in the middle of its work. Source: the Lambda developer guide, "Understanding
 * the Lambda execution environment lifecycle".
 */
export class LambdaFunction<Event> implements Consumer<Event> {
  readonly #settings: FunctionSettings<Event>;
  readonly #deps: FunctionDeps;
  readonly #instances = new Set<Instance<Event>>();
  #started = 0;

  constructor(settings: FunctionSettings<Event>, deps: FunctionDeps) {
    this.#settings = settings;
    this.#deps = deps;
  }

  get name(): string {
    return this.#settings.name;
  }

  /** Number of invocations that run. */
  get running(): number {
    return [...this.#instances].filter(({ isBusy }) => isBusy).length;
  }

  invoke({ event, onEnd, onThrottled }: Invocation<Event>): void {
    const { faults, random, scheduler } = this.#deps;
    const idle = [...this.#instances].filter(({ isBusy }) => !isBusy);
    const isFull = idle.length === 0 && this.#instances.size >= this.#settings.concurrency;
    if (isFull || faults.strikes('invoke-throttled', this.name, 'is throttled by Lambda'))
      return onThrottled();
    const isCold = idle.length === 0;
    const instance = isCold ? this.#start() : pick(random, idle);
    instance.isBusy = true;
    instance.uses += 1;
    const startsMs = isCold ? between(random, 200, 2_000) : between(random, 1, 10);
    scheduler.after(startsMs, () => this.#run(instance, event, onEnd));
  }

  #start(): Instance<Event> {
    const { scheduler, faults, random } = this.#deps;
    this.#started += 1;
    const name = `${this.name} ${this.#started}`;
    const isOff = faults.strikes('worker-clock-off', name, 'starts with a clock that is off');
    const skewMs = isOff
      ? between(faults.random('worker-clock-off'), -mostSkewMs, mostSkewMs)
      : between(random, -2, 2);
    const environment = new Environment(name, scheduler, skewMs);
    const handle = this.#settings.compose(environment);
    const instance = { environment, handle, isBusy: false, uses: 0, idleSinceMs: scheduler.nowMs() };
    this.#instances.add(instance);
    // It may also end while it is idle: a call that it made before was its last.
    environment.onEnd(() => this.#instances.delete(instance));
    return instance;
  }

  #run(instance: Instance<Event>, event: Event, onEnd: Invocation<Event>['onEnd']): void {
    const { scheduler, faults, trace, onEnded } = this.#deps;
    const { environment, handle } = instance;
    const { name } = environment;
    const { timeoutMs } = this.#settings;
    let isOver = false;
    const end = (answer: InvocationAnswer): void => {
      if (isOver) return;
      isOver = true;
      instance.isBusy = false;
      instance.idleSinceMs = scheduler.nowMs();
      onEnd(answer);
    };
    if (environment.hasEnded) return end({ outcome: 'failed' });
    const isLongIdle = scheduler.nowMs() - instance.idleSinceMs > longestOffsetMs;
    if (isLongIdle && faults.strikes('worker-clock-jumps', name, 'has its clock set anew'))
      environment.skewMs = between(faults.random('worker-clock-jumps'), -mostSkewMs, mostSkewMs);
    environment.thaw();
    environment.onEnd(() => {
      if (isOver) return;
      onEnded(environment);
      end({ outcome: 'failed' });
    });
    const isShort = faults.strikes('worker-times-out', name, 'is given very little time');
    const allowedMs = isShort ? between(faults.random('worker-times-out'), 5, 2_000) : timeoutMs;
    scheduler.after(allowedMs, () => {
      if (isOver) return;
      trace.note(name, 'is ended by its timeout');
      environment.end();
    });
    trace.note(name, 'is invoked');
    const finish = (answer: InvocationAnswer, how: string): void => {
      environment.resume(() => {
        if (isOver) return;
        trace.note(name, how);
        environment.freeze();
        end(answer);
        this.#reclaimLater(instance);
      });
    };
    handle(event).then(
      (value) => finish({ outcome: 'answered', value }, 'answers'),
      (error: unknown) =>
        finish({ outcome: 'failed' }, `fails: ${error instanceof Error ? error.message : String(error)}`),
    );
  }

  #reclaimLater(instance: Instance<Event>): void {
    const { scheduler, faults, random } = this.#deps;
    const { uses, environment } = instance;
    const isKept = faults.strikes('worker-kept', environment.name, 'is kept for long');
    const keptMs = between(random, shortestKeptMs, isKept ? longestKeptForLongMs : longestKeptMs);
    scheduler.after(keptMs, () => {
      if (instance.isBusy || instance.uses !== uses) return;
      environment.end();
    });
  }
}
