import { between } from '../partner-central/seeded-random.ts';
import { overNetwork, type Service } from './calls.ts';
import { Environment } from './environment.ts';
import type { Faults } from './faults.ts';
import type { Randoms } from './randoms.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

export interface OperatorDeps {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly trace: Trace;
  readonly randoms: Randoms;
}

/** One run of a command: a process on the machine of an operator. */
export interface CommandRun {
  readonly environment: Environment;
  /** Puts the network between the command and a service. */
  readonly over: <Port extends object>(port: Port, service: Service) => Port;
}

const shortestPauseMs = 1_000;
const longestPauseMs = 60_000;

/** An operator who runs commands of `pcr`, and repeats each that fails or is interrupted. */
export class Operator {
  readonly #deps: OperatorDeps;
  /** The commands that have not ended, with why the last run failed. */
  readonly #open = new Map<number, string>();
  #commands = 0;
  #runs = 0;

  constructor(deps: OperatorDeps) {
    this.#deps = deps;
  }

  get unfinished(): readonly string[] {
    return [...this.#open.values()];
  }

  /** @param what such as `pcr erase O1234567` */
  run(what: string, command: (run: CommandRun) => Promise<void>): void {
    this.#commands += 1;
    const number = this.#commands;
    this.#open.set(number, what);
    const start = (): void => {
      const environment = this.#newEnvironment();
      environment.onEnd(() => this.#again(start));
      this.#deps.trace.note(environment.name, what);
      void this.#perform(number, what, environment, command);
    };
    start();
  }

  async #perform(
    number: number,
    what: string,
    environment: Environment,
    command: (run: CommandRun) => Promise<void>,
  ): Promise<void> {
    const over: CommandRun['over'] = (port, service) => this.#over(port, service, environment);
    const [done] = await Promise.allSettled([command({ environment, over })]);
    if (done.status === 'fulfilled') {
      this.#deps.trace.note(environment.name, `has done ${what}`);
      this.#open.delete(number);
      return;
    }
    const { reason } = done;
    this.#open.set(number, `${what}: ${reason instanceof Error ? reason.message : String(reason)}`);
    environment.end();
  }

  #newEnvironment(): Environment {
    this.#runs += 1;
    return new Environment(`operator ${this.#runs}`, this.#deps.scheduler, 0);
  }

  #again(start: () => void): void {
    const { scheduler, randoms } = this.#deps;
    scheduler.after(between(randoms('operator'), shortestPauseMs, longestPauseMs), start);
  }

  #over<Port extends object>(port: Port, service: Service, environment: Environment): Port {
    const random = this.#deps.randoms('network of operators');
    return overNetwork(port, service, environment, { ...this.#deps, random, onDisturbed: () => undefined });
  }
}
