import { type AcceptDeps, accept } from '../../lambdas/commands/accept.ts';
import { findCommand } from '../../lambdas/commands/find-repeated.ts';
import { cancelCommand, type MarkCommandDeps } from '../../lambdas/commands/mark-command.ts';
import { commandIdOf } from '../../lambdas/core/command-state.ts';
import { instantOf } from '../../lambdas/core/instant.ts';
import { outboxGraceMs } from '../../lambdas/core/retry-schedule.ts';
import { type ClientRequest, requestOf } from '../chaos/client-requests.ts';
import type { Reviews } from '../chaos/reviews.ts';
import type { SentCommand } from '../chaos/sent-command.ts';
import { between } from '../partner-central/seeded-random.ts';
import { type Account, everyAction } from './account.ts';
import type { Faults } from './faults.ts';
import { type CommandRun, Operator } from './operator.ts';
import type { Randoms } from './randoms.ts';
import type { Scheduler } from './scheduler.ts';
import type { Storage } from './storage.ts';
import type { Trace } from './trace.ts';

export interface ClientsDeps {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly trace: Trace;
  readonly randoms: Randoms;
  readonly account: Account;
  readonly storage: Storage;
  readonly reviews: Reviews;
  /** A word that stands for personal data. */
  readonly plant: () => string;
  /** Whether the command with this id may be sent. */
  readonly maySend: (id: string) => boolean;
}

const arns = ['crm', 'finance'].map((name) => `arn:aws:sts::111122223333:assumed-role/${name}`);
const minuteMs = 60_000;
/** The first records are stored by then. */
const soonestMs = 30_000;

/** Software of the partner that sends commands, while AWS reviews opportunities. */
export class Clients {
  /** Commands whose acceptance a client was answered. */
  readonly accepted: ClientRequest[] = [];
  readonly #deps: ClientsDeps;
  readonly #operator: Operator;
  readonly #before = new Map<string, ClientRequest>();
  readonly #taken = new Set<string>();

  constructor(deps: ClientsDeps) {
    this.#deps = deps;
    this.#operator = new Operator(deps);
  }

  /** Requests that have no answer yet. */
  get unfinished(): readonly string[] {
    return this.#operator.unfinished;
  }

  /** Plans what clients do within this time, and how reviews advance. */
  plan(commands: number, forMs: number): void {
    const { scheduler, randoms, reviews, maySend } = this.#deps;
    const random = randoms('clients');
    for (let number = 1; number <= commands; number += 1) {
      const atMs = between(random, soonestMs, forMs);
      if (maySend(`command ${number}`)) scheduler.after(atMs, () => this.#send(number));
    }
    for (let number = 1; number <= commands; number += 1)
      scheduler.after(between(random, soonestMs, forMs), () => reviews.advance());
  }

  #send(number: number): void {
    const { randoms, scheduler, storage, plant } = this.#deps;
    const random = randoms(`command ${number}`);
    const request = requestOf({
      number,
      random,
      nowMs: scheduler.nowMs(),
      clients: arns,
      lifeMs: [30_000, 5 * minuteMs],
      targets: [...storage.rows.states.values()],
      plant,
      before: this.#before,
      taken: this.#taken,
    });
    if (!request) return;
    const { key, client, target, action } = request;
    const isCancelled = random() < 0.1;
    this.#operator.run(`client sends ${key}: ${action} of ${target}`, async (run) => {
      if (!(await this.#accept(request, run))) return;
      if (!this.accepted.includes(request)) this.accepted.push(request);
      this.#before.set(client, request);
      if (isCancelled) this.#cancelLater(request);
    });
  }

  #cancelLater({ client, key }: SentCommand): void {
    const { scheduler, randoms } = this.#deps;
    scheduler.after(between(randoms('clients'), 100, 2 * minuteMs), () =>
      this.#operator.run(`client cancels ${key}`, (run) => this.#cancel(client, key, run)),
    );
  }

  /** @returns whether the command is stored */
  async #accept({ client, key, body }: ClientRequest, run: CommandRun): Promise<boolean> {
    const now = instantOf(run.environment.clock.nowMs());
    const { kind } = await accept(client, key, body, now, this.#ports(run));
    return kind === 'accepted' || kind === 'repeated';
  }

  async #cancel(client: string, key: string, run: CommandRun): Promise<void> {
    const ports = this.#ports(run);
    const command = await findCommand(commandIdOf(client, key), ports);
    if (command) await cancelCommand(command, instantOf(run.environment.clock.nowMs()), ports);
  }

  #ports({ environment, over }: CommandRun): AcceptDeps & MarkCommandDeps {
    const { storage, account } = this.#deps;
    return {
      records: over(storage.records, 'DynamoDB'),
      index: over(storage.index, 'DynamoDB'),
      commands: over(storage.commands, 'DynamoDB'),
      doorbell: account.lineDoorbell(environment),
      enabled: everyAction,
      outboxGraceMs: outboxGraceMs(1),
    };
  }
}
