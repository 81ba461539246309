import { type AcceptDeps, accept } from '../../lambdas/commands/accept.ts';
import { findCommand } from '../../lambdas/commands/find-repeated.ts';
import { cancelCommand, type MarkCommandDeps } from '../../lambdas/commands/mark-command.ts';
import { commandIdOf } from '../../lambdas/core/command-state.ts';
import { instantOf } from '../../lambdas/core/instant.ts';
import { at, isJsonArray, textAt } from '../../lambdas/core/json.ts';
import { tryParseJson } from '../../lambdas/core/json-text.ts';
import { outboxGraceMs } from '../../lambdas/core/retry-schedule.ts';
import type { RecordState } from '../../lambdas/core/version.ts';
import type { Post } from '../chaos/chaos-receiver.ts';
import type { ClientRequest } from '../chaos/client-request.ts';
import { answerTo, requestOf } from '../chaos/client-requests.ts';
import { type DealRequest, dealOf } from '../chaos/deal-requests.ts';
import type { Leads } from '../chaos/leads.ts';
import type { Permissions } from '../chaos/permissions.ts';
import type { Reviews } from '../chaos/reviews.ts';
import type { SentCommand } from '../chaos/sent-command.ts';
import { between } from '../partner-central/seeded-random.ts';
import { type Account, everyAction } from './account.ts';
import { Approvals } from './approvals.ts';
import { definedClient } from './defined-client.ts';
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
  readonly leads: Leads;
  /** A word that stands for personal data. */
  readonly plant: () => string;
  /** Whether the command with this id may be sent. */
  readonly maySend: (id: string) => boolean;
  /** Whether clients write something at each message about a change, unless it is an echo. */
  readonly answers: boolean;
}

/** The first one has credentials of AWS, and the second one a definition. */
export const clientNames = {
  crm: 'arn:aws:sts::111122223333:assumed-role/crm',
  finance: definedClient.id,
} as const;
const names = Object.values(clientNames);

/** Many more than a storm has changes: so that a loop ends, and is found. */
const mostAnswers = 200;

/**
 * Clients that write something at each message, by the id of their endpoint. Each does so in one
 * catalog: two that answer each other have a loop of their own.
 */
const answering: Readonly<Record<string, { readonly client: string; readonly catalog: string }>> = {
  ep_crm: { client: clientNames.crm, catalog: 'AWS' },
  ep_finance: { client: clientNames.finance, catalog: 'Sandbox' },
};
const minuteMs = 60_000;
/** AWS gives a lead for this many commands, and a person edits one. */
const commandsForLead = 4;
/** One command in eight is a request that creates, associates and submits. */
const commandsForDeal = 8;
/** The first records are stored by then. */
const soonestMs = 30_000;

/** Software of the partner that sends commands, while AWS reviews opportunities. */
export class Clients {
  /** Commands whose acceptance a client was answered. */
  readonly accepted: SentCommand[] = [];
  readonly #deps: ClientsDeps;
  readonly #operator: Operator;
  readonly #approvals: Approvals;
  readonly #before = new Map<string, ClientRequest>();
  readonly #taken = new Set<string>();
  readonly #received = new Set<string>();
  #answers = 0;

  constructor(deps: ClientsDeps) {
    this.#deps = deps;
    this.#operator = new Operator(deps);
    this.#approvals = new Approvals({
      ...deps,
      operator: this.#operator,
      portsOf: (run) => this.#ports(run),
    });
  }

  /** Requests that have no answer yet, and commands that wait for an operator. */
  get unfinished(): readonly string[] {
    return [...this.#operator.unfinished, ...this.#approvals.unfinished];
  }

  get permissions(): Permissions {
    return this.#approvals.permissions;
  }

  /** Plans what clients do within this time, how reviews advance, and what becomes of leads. */
  plan(commands: number, forMs: number): void {
    const { scheduler, randoms, reviews, leads, maySend } = this.#deps;
    const random = randoms('clients');
    for (let number = 1; number <= commands; number += 1) {
      const atMs = between(random, soonestMs, forMs);
      if (maySend(`command ${number}`)) scheduler.after(atMs, () => this.#send(number));
    }
    for (let number = 1; number <= commands; number += 1)
      scheduler.after(between(random, soonestMs, forMs), () => reviews.advance());
    for (let number = 1; number <= commands; number += commandsForLead) {
      scheduler.after(between(random, 0, forMs / 2), () => leads.invite());
      scheduler.after(between(random, soonestMs, forMs), () => leads.edit());
    }
  }

  #send(number: number): void {
    const { randoms, scheduler, storage, plant } = this.#deps;
    const random = randoms(`command ${number}`);
    if (number % commandsForDeal === 0)
      return this.#sendDeal(dealOf({ number, random, clients: names, plant }));
    const request = requestOf({
      number,
      random,
      nowMs: scheduler.nowMs(),
      clients: names,
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
      this.#approvals.decideLater(request);
      this.#before.set(client, request);
      if (isCancelled) this.#cancelLater(request);
    });
  }

  /** A client that writes at each message: it ignores repetitions and what is marked as an echo. */
  receive({ endpointId, webhookId, outcome, body }: Post): void {
    const { answers, storage } = this.#deps;
    const answer = answering[endpointId];
    const data = at(tryParseJson(body), 'data');
    const isNews = outcome === 'delivered' && !this.#received.has(`${endpointId} ${webhookId}`);
    if (!answers || !answer || !isNews || at(data, 'cause', 'commands') !== undefined) return;
    this.#received.add(`${endpointId} ${webhookId}`);
    const path = ['catalog', 'kind', 'id'].map((name) => textAt(data, name)).join('/');
    const state = path.startsWith(`${answer.catalog}/opportunity/`) && storage.rows.states.get(path);
    const changes = at(data, 'changes');
    if (state && isJsonArray(changes) && changes.length > 0) this.#answer(answer.client, state);
  }

  #answer(client: string, state: RecordState): void {
    if (this.#answers === mostAnswers) return;
    this.#answers += 1;
    const request = answerTo(state, { number: this.#answers, client, text: this.#deps.plant() });
    this.#operator.run(`client answers ${request.key}: ${request.target}`, async (run) => {
      if ((await this.#accept(request, run)) && !this.accepted.includes(request)) this.accepted.push(request);
    });
  }

  #sendDeal({ request, followers }: DealRequest): void {
    this.#operator.run(`client sends ${request.key}: a new deal`, async (run) => {
      if (!(await this.#accept(request, run, followers))) return;
      if (!this.accepted.some(({ key }) => key === request.key)) this.accepted.push(request, ...followers);
    });
  }

  #cancelLater({ client, key }: SentCommand): void {
    const { scheduler, randoms } = this.#deps;
    scheduler.after(between(randoms('clients'), 100, 2 * minuteMs), () =>
      this.#operator.run(`client cancels ${key}`, (run) => this.#cancel(client, key, run)),
    );
  }

  /** @returns whether the command is stored */
  async #accept(
    request: ClientRequest,
    run: CommandRun,
    followers: readonly SentCommand[] = [],
  ): Promise<boolean> {
    const { client: name, key, body } = request;
    const caller = { name, client: name === definedClient.id ? definedClient : undefined };
    const now = instantOf(run.environment.clock.nowMs());
    const answer = await accept(caller, key, body, now, this.#ports(run));
    const isRefused = answer.kind === 'refused' && answer.refusal.code === 'not-allowed';
    if (isRefused) this.#approvals.noteRefused([request, ...followers]);
    return answer.kind === 'accepted' || answer.kind === 'repeated';
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
