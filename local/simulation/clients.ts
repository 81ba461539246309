import { type AcceptDeps, accept } from '../../lambdas/commands/accept.ts';
import { findCommand } from '../../lambdas/commands/find-repeated.ts';
import { cancelCommand, type MarkCommandDeps } from '../../lambdas/commands/mark-command.ts';
import { commandIdOf, commandKeyOf, parseCommandState } from '../../lambdas/core/command-state.ts';
import { instantOf } from '../../lambdas/core/instant.ts';
import { type JsonObject, textAt } from '../../lambdas/core/json.ts';
import { recordPath } from '../../lambdas/core/record.ts';
import { outboxGraceMs } from '../../lambdas/core/retry-schedule.ts';
import { type ClientRequest, requestOf } from '../chaos/client-requests.ts';
import type { SentCommand } from '../chaos/sent-command.ts';
import type { SimulatedPartner } from '../partner-central/model/simulated-partner.ts';
import { between, pick } from '../partner-central/seeded-random.ts';
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
  readonly partner: SimulatedPartner;
  /** A word that stands for personal data. */
  readonly plant: () => string;
  /** Notified after each change that AWS's reviewers make. */
  readonly onChange: () => void;
  /** Whether the command with this id may be sent. */
  readonly maySend: (id: string) => boolean;
}

const minuteMs = 60_000;
/** The first records are stored by then. */
const soonestMs = 30_000;
const locked = ['Submitted', 'In review'];

/** Software of the partner that sends commands, and the reviewers of AWS that lock records. */
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

  /** Plans what clients and reviewers do within this time. */
  plan(commands: number, forMs: number): void {
    const { scheduler, randoms, maySend } = this.#deps;
    const random = randoms('clients');
    for (let number = 1; number <= commands; number += 1) {
      const atMs = between(random, soonestMs, forMs);
      if (maySend(`command ${number}`)) scheduler.after(atMs, () => this.#send(number));
    }
    for (let number = 1; number <= commands; number += 1)
      scheduler.after(between(random, soonestMs, forMs), () => this.#review());
  }

  /** Ends all reviews, with events that are not lost. */
  endReviews(): void {
    for (const { kind, id, body } of this.#deps.partner.truth().values())
      if (kind === 'opportunity' && isLocked(body)) this.#move(id, 'Approved');
    this.#deps.onChange();
  }

  /** Opportunities that commands have created, by the path of the accepted invitation. */
  createdOpportunities(): readonly (readonly [string, string])[] {
    const { storage } = this.#deps;
    return this.accepted.flatMap((sent) => {
      const { catalog, client, key, target } = sent;
      const state = storage.state(recordPath(commandKeyOf({ catalog }, commandIdOf(client, key))));
      const opportunityId = state && parseCommandState(state.payload)?.opportunityId;
      return opportunityId === undefined
        ? []
        : [[target, `${catalog}/opportunity/${opportunityId}`] as const];
    });
  }

  #send(number: number): void {
    const { randoms, scheduler, storage, plant } = this.#deps;
    const random = randoms(`command ${number}`);
    const request = requestOf({
      number,
      random,
      nowMs: scheduler.nowMs(),
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

  /** AWS goes on with the review of a random opportunity, and moves no timestamp. */
  #review(): void {
    const { partner, randoms, onChange } = this.#deps;
    const random = randoms('reviewers');
    const submitted = [...partner.truth().values()].filter(
      ({ kind, body }) =>
        kind === 'opportunity' && textAt(body, 'LifeCycle', 'ReviewStatus') !== 'Pending Submission',
    );
    if (submitted.length === 0) return;
    const { id, body } = pick(random, submitted);
    this.#move(id, isLocked(body) ? 'Approved' : pick(random, ['In review', 'Approved', 'Approved']));
    onChange();
  }

  #move(id: string, ReviewStatus: string): void {
    const { partner, trace } = this.#deps;
    trace.note('AWS', `moves the review of ${id} to ${ReviewStatus}`);
    // Each review also shows a member that is newer than the SDK.
    partner.alter('opportunity', id, { LifeCycle: { ReviewStatus }, FutureMember: { Step: ReviewStatus } });
  }
}

function isLocked(body: JsonObject): boolean {
  return locked.includes(textAt(body, 'LifeCycle', 'ReviewStatus') ?? '');
}
