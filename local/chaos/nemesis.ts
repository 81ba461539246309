import { setTimeout as sleep } from 'node:timers/promises';
import { between, pick, type Random } from '../partner-central/seeded-random.ts';
import type { Fault } from '../partner-central/simulator-server.ts';
import { endpointSecretId } from '../stage-access.ts';
import { delayedRead, deniedSecret, outageFault, randomFault } from './call-faults.ts';
import type { CallFault, ProxiedCall } from './fault-proxy.ts';
import { functionName } from './history.ts';
import type { NameAnswer } from './name-server.ts';
import type { NemesisAction, PlannedAction, RowEdit, SecretBreak } from './nemesis-generator.ts';
import {
  failures,
  type MessageRefusal,
  oddAnswers,
  type ReceiverFault,
  senderEnds,
  type WaitRequest,
  waitRequests,
} from './receiver-answers.ts';

/** What the nemesis can do to the stage. */
export interface Controls {
  /** Ends one idle or busy worker of a function; returns the number of workers that ended. */
  readonly endWorker: (functionId: string) => number;
  /** Ends every busy worker of a function; returns the number of workers that ended. */
  readonly endBusyWorkers: (functionId: string) => number;
  readonly stallStream: (forMs: number) => Promise<void>;
  readonly rereadStream: () => Promise<boolean>;
  readonly purge: (queueId: string) => Promise<void>;
  readonly throttlePartnerCentral: (forMs: number) => void;
  readonly makeEndless: (tokens: 'same' | 'new' | undefined) => void;
  /** Returns a function that mends the secret. */
  readonly breakSecret: (secret: Pick<SecretBreak, 'endpointId' | 'how'>) => Promise<() => Promise<void>>;
  /** @param opportunity the number of an opportunity in the order of their creation, from 0 */
  readonly eraseRecord: (opportunity: number) => Promise<void>;
  readonly editRow: (edit: RowEdit) => Promise<void>;
  readonly restoreRecord: (opportunity: number, forMs: number) => Promise<void>;
  readonly note: (text: string, functionId?: string) => void;
}

/** What the nemesis knows of a message that arrives at a receiver. */
export interface MessageHead {
  /** Such as `opportunity.updated`. */
  readonly type: string;
  /** The `webhook-id`. */
  readonly id: string;
}

/** How many faults the nemesis has injected. */
export interface FaultCounts {
  crashes: number;
  duplicates: number;
  throttles: number;
}

/**
 * Share of the webhook requests that meet a fault, at an ordinary endpoint and at the flaky one.
 */
const faultyShare = 0.06;
const flakyShare = 0.25;
/** A group that is named more often is chosen more often. */
const randomReceiverFaults: readonly (readonly ReceiverFault[])[] = [
  ...Array.from({ length: 5 }, () => failures),
  waitRequests,
  oddAnswers,
  senderEnds,
  senderEnds,
];
/** Share of the requests at the endpoint that is never down. */
const oddShare = 0.15;
const senderEndsShare = 0.02;
/** Share of the requests on used connections that meet a reset. */
const idleResetShare = 0.1;
/** Each refusal spends one of the ten attempts of a message. */
const mostRefusals = 2;
/** How long to wait until a worker reads an unusable secret, or a batch is dropped. */
const longestWaitMs = 4_000;
/** The endpoint that is never down. */
export const neverDownId = 'ep_strict';

/** While work is left, a storm may last this many times longer than planned. */
const maxStormRatio = 1.5;

/** Injects the faults of one seed. Every choice comes from its own random numbers. */
export class Nemesis {
  readonly counts: FaultCounts = { crashes: 0, duplicates: 0, throttles: 0 };
  readonly #calls: Random;
  readonly #posts: Random;
  readonly #controls: Controls;
  /** `functionId service` pairs whose calls are all refused at the moment. */
  readonly #outages = new Set<string>();
  readonly #goneFromMs: number;
  #partnerCentralFault: Fault | undefined;
  #nameAnswer: NameAnswer = 'found';
  /** Ids of secrets that may not be read at the moment. */
  readonly #deniedSecrets = new Set<string>();
  /** Notified when a worker reads the secret with this id. */
  readonly #secretReads = new Map<string, () => void>();
  readonly #refusals: { readonly type: string; readonly refusal: MessageRefusal; left: number }[] = [];
  /** How often each message was refused, by its id. */
  readonly #refused = new Map<string, number>();
  readonly #waitRequests: WaitRequest[] = [];
  #isOn = false;
  #delaysAnswers = false;
  #isStreamTrimmed = false;
  #onTrimmed: () => void = () => undefined;
  #isGone = false;
  #startedAtMs = 0;

  constructor(
    random: { readonly calls: Random; readonly posts: Random },
    stormMs: number,
    controls: Controls,
  ) {
    this.#calls = random.calls;
    this.#posts = random.posts;
    this.#controls = controls;
    this.#goneFromMs = between(random.posts, Math.round(stormMs / 3), stormMs);
  }

  readonly isOn = (): boolean => this.#isOn;

  /** Counts a message, event or batch that is delivered twice. */
  readonly onDuplicate = (): void => {
    this.counts.duplicates += 1;
  };

  /**
   * Executes the plan while calls and requests meet random faults. While work is left, the random
   * faults continue up to `maxStormRatio` times the planned time. Nothing fails after this
   * resolves, except that the endpoint that is never down still
   * answers as it does in a storm.
   */
  async run(
    plan: readonly PlannedAction[],
    stormMs: number,
    isWorkLeft: () => Promise<boolean>,
  ): Promise<void> {
    this.#isOn = true;
    this.#startedAtMs = performance.now();
    const actions: Promise<void>[] = [];
    for (const { atMs, action } of plan) {
      await sleep(Math.max(0, this.#startedAtMs + atMs - performance.now()));
      actions.push(this.#execute(action));
    }
    await sleep(Math.max(0, this.#startedAtMs + stormMs - performance.now()));
    await Promise.all(actions);
    const maxStormMs = maxStormRatio * stormMs;
    while (performance.now() - this.#startedAtMs < maxStormMs && (await isWorkLeft())) await sleep(100);
    this.#isOn = false;
  }

  /**
   * After the storm: nothing fails, but some answers are so late that newer answers overtake them.
   */
  async delayAnswers(forMs: number): Promise<void> {
    this.#delaysAnswers = true;
    await sleep(forMs);
    this.#delaysAnswers = false;
  }

  readonly faultOf = (call: ProxiedCall): CallFault | undefined => {
    if (call.service === 'SECRETS_MANAGER')
      for (const [id, onRead] of this.#secretReads) if (call.body.includes(id)) onRead();
    if (this.#delaysAnswers) return delayedRead(call, this.#calls);
    if (!this.#isOn) return undefined;
    const denied = deniedSecret(call, this.#deniedSecrets);
    if (denied) return denied;
    const fault = this.#outages.has(`${call.functionId} ${call.service}`)
      ? outageFault(call.service, call.operation, this.#calls)
      : randomFault(call, this.#calls);
    if (fault?.kind === 'refuse') this.counts.throttles += 1;
    return fault;
  };

  /** Ends all busy workers of a function, in the middle of one of its calls or requests. */
  readonly end = (functionId: string): void => {
    const ended = this.#controls.endBusyWorkers(functionId);
    this.counts.crashes += ended;
    if (ended > 0)
      this.#controls.note(`${ended} busy worker(s) of ${functionName(functionId)} ended`, functionId);
  };

  readonly receiverFaultOf = (endpointId: string, message: MessageHead): ReceiverFault | undefined => {
    if (endpointId === 'ep_gone') return this.#goneFault();
    if (endpointId === neverDownId) return this.#harmlessFault(message);
    if (!this.#isOn) return undefined;
    const share = endpointId === 'ep_flaky' ? flakyShare : faultyShare;
    return this.#posts() < share ? pick(this.#posts, pick(this.#posts, randomReceiverFaults)) : undefined;
  };

  readonly isIdleReset = (endpointId: string): boolean =>
    (this.#isOn || endpointId === neverDownId) && this.#posts() < idleResetShare;

  /** Seconds of a deployment: at most one real second. */
  readonly waitSeconds = (): number => between(this.#posts, 1, 20);

  /** Slow receivers make it possible that two workers meet at one delivery. */
  readonly answerDelayMs = (): number =>
    this.#isOn && this.#posts() < 0.4 ? between(this.#posts, 50, 400) : 0;

  readonly nameAnswer = (): NameAnswer => this.#nameAnswer;

  /** Called for each batch of the stream. @returns whether to drop it */
  readonly trimBatch = (): boolean => {
    if (this.#isStreamTrimmed) this.#onTrimmed();
    return this.#isStreamTrimmed;
  };

  readonly partnerCentralFaultOf = (): Fault | undefined => this.#partnerCentralFault;

  /** An answer that says nothing against the endpoint. */
  #harmlessFault(message: MessageHead): ReceiverFault | undefined {
    const refusal = this.#waitRequests.shift() ?? this.#refusalOf(message);
    if (refusal) return refusal;
    const chance = this.#posts();
    if (chance < oddShare) return pick(this.#posts, oddAnswers);
    const isEnded = this.#isOn && chance < oddShare + senderEndsShare;
    return isEnded ? pick(this.#posts, senderEnds) : undefined;
  }

  #refusalOf({ type, id }: MessageHead): MessageRefusal | undefined {
    const refusal = this.#refusals.find((each) => each.type === type && each.left > 0);
    const times = this.#refused.get(id) ?? 0;
    if (!refusal || times === mostRefusals) return undefined;
    refusal.left -= 1;
    this.#refused.set(id, times + 1);
    return refusal.refusal;
  }

  #goneFault(): ReceiverFault | undefined {
    this.#isGone ||= performance.now() - this.#startedAtMs > this.#goneFromMs;
    return this.#isGone ? 'gone' : undefined;
  }

  async #execute(action: NemesisAction): Promise<void> {
    const { endWorker, stallStream, rereadStream, purge, throttlePartnerCentral, note } = this.#controls;
    const { makeEndless, eraseRecord, restoreRecord, editRow } = this.#controls;
    switch (action.kind) {
      case 'end-worker': {
        const ended = endWorker(action.functionId);
        this.counts.crashes += ended;
        if (ended > 0) note('a worker ended', action.functionId);
        return;
      }
      case 'stall-stream':
        return stallStream(action.forMs);
      case 'trim-stream':
        return this.#trimStream(action.forMs);
      case 'reread-stream':
        if (await rereadStream()) this.counts.duplicates += 1;
        return;
      case 'purge':
        return purge(action.queueId);
      case 'refuse-calls': {
        const outage = `${action.functionId} ${action.service}`;
        this.#outages.add(outage);
        note(`every call to ${action.service} is refused for ${action.forMs} ms`, action.functionId);
        await sleep(action.forMs);
        this.#outages.delete(outage);
        return;
      }
      case 'partner-central-throttles':
        throttlePartnerCentral(action.forMs);
        await sleep(action.forMs);
        return;
      case 'partner-central-fails':
        this.#partnerCentralFault = action.fault;
        await sleep(action.forMs);
        this.#partnerCentralFault = undefined;
        return;
      case 'endless-lists':
        makeEndless(action.tokens);
        await sleep(action.forMs);
        makeEndless(undefined);
        return;
      case 'break-names':
        this.#nameAnswer = action.answer;
        await sleep(action.forMs);
        this.#nameAnswer = 'found';
        return;
      case 'break-secret':
        return this.#breakSecret(action);
      case 'refuse-type':
        this.#refusals.push({ type: action.type, refusal: action.refusal, left: action.times });
        return;
      case 'erase-record':
        return eraseRecord(action.opportunity);
      case 'edit-row':
        return editRow(action);
      case 'restore-record':
        return restoreRecord(action.opportunity, action.forMs);
      case 'ask-to-wait':
        this.#waitRequests.push(action.request);
    }
  }

  /** Drops batches until one was dropped, and some time longer. */
  async #trimStream(forMs: number): Promise<void> {
    const trimmed = new Promise<void>((resolve) => {
      this.#onTrimmed = resolve;
    });
    this.#isStreamTrimmed = true;
    await Promise.race([trimmed, sleep(longestWaitMs)]);
    await sleep(forMs);
    this.#isStreamTrimmed = false;
  }

  /** Breaks a secret until a worker has read it, and some time longer. */
  async #breakSecret({ endpointId, how, forMs }: SecretBreak): Promise<void> {
    const { breakSecret, note } = this.#controls;
    const secretId = endpointSecretId(endpointId);
    note(`the secret of ${endpointId} is ${how}`);
    if (how === 'denied') this.#deniedSecrets.add(secretId);
    const mend = await breakSecret({ endpointId, how });
    const read = new Promise<void>((resolve) => this.#secretReads.set(secretId, resolve));
    await Promise.race([read, sleep(longestWaitMs)]);
    this.#secretReads.delete(secretId);
    await sleep(forMs);
    await mend();
    this.#deniedSecrets.delete(secretId);
  }
}
