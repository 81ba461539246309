import { setTimeout as sleep } from 'node:timers/promises';
import { isJsonObject, type Json, textAt } from '../../lambdas/core/json.ts';
import { recordPath } from '../../lambdas/core/record.ts';
import { signedHeaders } from '../../lambdas/core/signature.ts';
import { localUserArn } from '../host/local-account.ts';
import type { SimulatedPartner } from '../partner-central/model/simulated-partner.ts';
import { between, type Random } from '../partner-central/seeded-random.ts';
import type { ClientRequest } from './client-request.ts';
import { requestOf } from './client-requests.ts';
import { dealOf } from './deal-requests.ts';
import type { Leads } from './leads.ts';
import type { Reviews } from './reviews.ts';
import type { SentCommand } from './sent-command.ts';
import { clientSecret, isSigning, signingClients } from './signing-clients.ts';

export interface ChaosClientsProps {
  readonly random: Random;
  readonly partner: SimulatedPartner;
  readonly reviews: Reviews;
  readonly leads: Leads;
  /** A word that stands for personal data. */
  readonly plant: () => string;
  readonly nowMs: () => number;
  /** Of the HTTP APIs of the stage: one for credentials of AWS, and one for signed requests. */
  readonly apiUrl: () => string;
  readonly doorUrl: () => string;
  /** Whether a command may be about this record. */
  readonly isTarget: (path: string) => boolean;
  readonly note: (paths: readonly string[], text: string) => void;
  /** How soon a command expires that does not wait for long, milliseconds. */
  readonly lifeMs: readonly [shortest: number, longest: number];
}

/** How often a request is sent until it has an answer. */
const mostAttempts = 100;
const betweenAttemptsMs = 200;
/** A record that is not stored yet cannot be the target of a command. */
const mostRefusals = 10;
const timeoutMs = 3_000;
/** AWS gives a lead for this many commands, and a person edits one. */
const commandsForLead = 4;
/** One command in this number is a request that creates, associates and submits. */
const commandsForDeal = 8;

/** Clients that write to the same records. The first one has credentials of AWS. */
const names = [localUserArn, ...signingClients.map(({ id }) => id)];

/** Software of the partner that sends commands over HTTP, while AWS reviews opportunities. */
export class ChaosClients {
  /** Commands whose acceptance a client was answered. */
  readonly accepted: SentCommand[] = [];
  /** Requests that have no answer in the end. */
  readonly unanswered: string[] = [];
  readonly #props: ChaosClientsProps;
  readonly #before = new Map<string, ClientRequest>();
  readonly #taken = new Set<string>();

  constructor(props: ChaosClientsProps) {
    this.#props = props;
  }

  /**
   * Sends commands within this time, and waits for their answers. Meanwhile reviews advance, and
   * AWS gives leads that people edit.
   */
  async run(commands: number, forMs: number): Promise<void> {
    const { random, reviews, leads } = this.#props;
    const deeds = Array.from({ length: commands }, async (_, index) => {
      const [sendAtMs, reviewAtMs] = [between(random, 0, forMs), between(random, 0, forMs)];
      const isForLead = index % commandsForLead === 0;
      const [inviteAtMs, editAtMs] = [between(random, 0, forMs / 2), between(random, 0, forMs)];
      await Promise.all([
        ...(isForLead
          ? [sleep(inviteAtMs).then(() => leads.invite()), sleep(editAtMs).then(() => leads.edit())]
          : []),
        sleep(sendAtMs).then(() => this.#send(index + 1)),
        sleep(reviewAtMs).then(() => reviews.advance()),
      ]);
    });
    await Promise.all(deeds);
  }

  async #send(number: number): Promise<void> {
    if (number % commandsForDeal === 0) return this.#sendDeal(number);
    const { partner, random, plant, nowMs, isTarget, note, lifeMs } = this.#props;
    const targets = [...partner.truth().values()]
      .map(({ catalog, kind, id, body }) => ({ catalog, kind, id, payload: body }))
      .filter((target) => isTarget(recordPath(target)));
    const request = requestOf({
      number,
      random,
      nowMs: nowMs(),
      clients: names,
      lifeMs,
      targets,
      plant,
      before: this.#before,
      taken: this.#taken,
    });
    if (!request) return;
    note([request.target], `${request.client} sends ${request.action} ${request.key}`);
    const isAccepted = await this.#sendUntilAnswered(request);
    if (!isAccepted) return;
    this.accepted.push(request);
    this.#before.set(request.client, request);
  }

  async #sendDeal(number: number): Promise<void> {
    const { random, plant } = this.#props;
    const { request, followers } = dealOf({ number, random, clients: names, plant });
    if (await this.#sendUntilAnswered(request)) this.accepted.push(request, ...followers);
  }

  /** @returns whether the command is accepted */
  async #sendUntilAnswered(request: ClientRequest): Promise<boolean> {
    let refusals = 0;
    for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
      const answer = await this.#post(request);
      if (answer && answer.status < 300) return true;
      const isUnknown = textAt(answer?.body, 'code') === 'unknown-target';
      if (answer && answer.status < 500 && (!isUnknown || refusals === mostRefusals)) return false;
      if (isUnknown) refusals += 1;
      await sleep(betweenAttemptsMs);
    }
    this.unanswered.push(`client's request ${request.key}`);
    return false;
  }

  async #post({
    key,
    client,
    body,
  }: ClientRequest): Promise<{ readonly status: number; readonly body: Json } | undefined> {
    const { apiUrl, doorUrl, nowMs } = this.#props;
    const text = JSON.stringify(body);
    const headers = isSigning(client) ? signed(client, key, text, nowMs()) : { 'idempotency-key': key };
    try {
      const response = await fetch(`${isSigning(client) ? doorUrl() : apiUrl()}/commands`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: text,
        signal: AbortSignal.timeout(timeoutMs),
      });
      const answer: unknown = await response.json();
      return { status: response.status, body: isJsonObject(answer) ? answer : {} };
    } catch {
      // No answer: it is sent again under the same key.
      return undefined;
    }
  }
}

function signed(client: string, key: string, body: string, nowMs: number): Readonly<Record<string, string>> {
  const headers = signedHeaders([clientSecret(client)], key, Math.floor(nowMs / 1_000), body);
  return { 'relay-client': client, ...headers };
}
