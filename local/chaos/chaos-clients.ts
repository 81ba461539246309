import { setTimeout as sleep } from 'node:timers/promises';
import { isJsonObject, type Json, textAt } from '../../lambdas/core/json.ts';
import { recordPath } from '../../lambdas/core/record.ts';
import { localUserArn } from '../host/local-account.ts';
import type { SimulatedPartner } from '../partner-central/model/simulated-partner.ts';
import { between, type Random } from '../partner-central/seeded-random.ts';
import { type ClientRequest, requestOf } from './client-requests.ts';
import type { Reviews } from './reviews.ts';

export interface ChaosClientsProps {
  readonly random: Random;
  readonly partner: SimulatedPartner;
  readonly reviews: Reviews;
  /** A word that stands for personal data. */
  readonly plant: () => string;
  readonly nowMs: () => number;
  /** Of the HTTP API of the stage. */
  readonly apiUrl: () => string;
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

/** Software of the partner that sends commands over HTTP, while AWS reviews opportunities. */
export class ChaosClients {
  /** Commands whose acceptance a client was answered. */
  readonly accepted: ClientRequest[] = [];
  /** Requests that have no answer in the end. */
  readonly unanswered: string[] = [];
  readonly #props: ChaosClientsProps;
  readonly #before = new Map<string, ClientRequest>();
  readonly #taken = new Set<string>();

  constructor(props: ChaosClientsProps) {
    this.#props = props;
  }

  /** Sends commands within this time, and waits for their answers. Reviews advance meanwhile. */
  async run(commands: number, forMs: number): Promise<void> {
    const { random, reviews } = this.#props;
    const deeds = Array.from({ length: commands }, async (_, index) => {
      const [sendAtMs, reviewAtMs] = [between(random, 0, forMs), between(random, 0, forMs)];
      await Promise.all([
        sleep(sendAtMs).then(() => this.#send(index + 1)),
        sleep(reviewAtMs).then(() => reviews.advance()),
      ]);
    });
    await Promise.all(deeds);
  }

  async #send(number: number): Promise<void> {
    const { partner, random, plant, nowMs, isTarget, note, lifeMs } = this.#props;
    const targets = [...partner.truth().values()]
      .map(({ catalog, kind, id, body }) => ({ catalog, kind, id, payload: body }))
      .filter((target) => isTarget(recordPath(target)));
    const request = requestOf({
      number,
      random,
      nowMs: nowMs(),
      clients: [localUserArn],
      lifeMs,
      targets,
      plant,
      before: this.#before,
      taken: this.#taken,
    });
    if (!request) return;
    note([request.target], `a client sends ${request.action} ${request.key}`);
    const isAccepted = await this.#sendUntilAnswered(request);
    if (!isAccepted) return;
    this.accepted.push(request);
    this.#before.set(request.client, request);
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
    body,
  }: ClientRequest): Promise<{ readonly status: number; readonly body: Json } | undefined> {
    try {
      const response = await fetch(`${this.#props.apiUrl()}/commands`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
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
