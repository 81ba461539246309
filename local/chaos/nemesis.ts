import { setTimeout as sleep } from 'node:timers/promises';
import { between, pick, type Random } from '../partner-central/seeded-random.ts';
import type { Fault } from '../partner-central/simulator-server.ts';
import { delayedRead, outageFault, randomFault } from './call-faults.ts';
import type { ReceiverFault } from './chaos-receiver.ts';
import type { CallFault, ProxiedCall } from './fault-proxy.ts';
import { functionName } from './history.ts';
import type { NemesisAction, PlannedAction } from './nemesis-generator.ts';

/** What the adversary has in its hands. */
export interface Controls {
  /** Ends a worker, or every busy one, and says how many. */
  readonly endWorker: (functionId: string) => number;
  readonly endBusyWorkers: (functionId: string) => number;
  readonly stallStream: (forMs: number) => Promise<void>;
  readonly rereadStream: () => Promise<boolean>;
  readonly purge: (queueId: string) => Promise<void>;
  readonly throttlePartnerCentral: (forMs: number) => void;
  readonly note: (text: string, functionId?: string) => void;
}

/** What it has done. */
export interface FaultCounts {
  crashes: number;
  duplicates: number;
  throttles: number;
}

/** Shares of the requests that meet each misbehaviour, for a plain endpoint and for a flaky one. */
const misbehavingShare = 0.06;
const flakyShare = 0.25;
const everyday: readonly ReceiverFault[] = [
  'silent',
  'endless',
  'refused',
  'redirected',
  'rate-limited',
  'garbage',
  'hung-up',
  'sender-ended-before',
  'sender-ended-after',
];

/** How much longer than planned a storm may go on while there is work. */
const longestRatio = 1.5;

/** Makes the choices of one run. Everything that it chooses comes from its own random numbers. */
export class Nemesis {
  readonly mischief: FaultCounts = { crashes: 0, duplicates: 0, throttles: 0 };
  readonly #calls: Random;
  readonly #posts: Random;
  readonly #hands: Controls;
  readonly #spells = new Set<string>();
  readonly #goneFromMs: number;
  #partnerCentralFault: Fault | undefined;
  #isOn = false;
  #holdsBack = false;
  #isStreamTrimmed = false;
  #isGone = false;
  #startedAtMs = 0;

  constructor(random: { readonly calls: Random; readonly posts: Random }, stormMs: number, hands: Controls) {
    this.#calls = random.calls;
    this.#posts = random.posts;
    this.#hands = hands;
    this.#goneFromMs = between(random.posts, Math.round(stormMs / 3), stormMs);
  }

  readonly isOn = (): boolean => this.#isOn;

  /** To be told of everything that is made to happen twice. */
  readonly onDoubled = (): void => {
    this.mischief.duplicates += 1;
  };

  /**
   * Carries the plan out, and goes on with what befalls calls and requests by chance for as long as there is work, within
   * reason. From when it resolves nothing fails any more.
   */
  async storm(
    plan: readonly PlannedAction[],
    stormMs: number,
    isWorkLeft: () => Promise<boolean>,
  ): Promise<void> {
    this.#isOn = true;
    this.#startedAtMs = performance.now();
    const acting: Promise<void>[] = [];
    for (const { atMs, act } of plan) {
      await sleep(Math.max(0, this.#startedAtMs + atMs - performance.now()));
      acting.push(this.#act(act));
    }
    await sleep(Math.max(0, this.#startedAtMs + stormMs - performance.now()));
    await Promise.all(acting);
    const latestMs = longestRatio * stormMs;
    while (performance.now() - this.#startedAtMs < latestMs && (await isWorkLeft())) await sleep(100);
    this.#isOn = false;
  }

  /** In the calm after the storm: nothing fails, but some answers come so late that others overtake them. */
  async holdAnswersBack(forMs: number): Promise<void> {
    this.#holdsBack = true;
    await sleep(forMs);
    this.#holdsBack = false;
  }

  readonly faultOf = (call: ProxiedCall): CallFault | undefined => {
    if (this.#holdsBack) return delayedRead(call, this.#calls);
    if (!this.#isOn) return undefined;
    const fault = this.#spells.has(`${call.functionId} ${call.service}`)
      ? outageFault(call.service, call.operation, this.#calls)
      : randomFault(call, this.#calls);
    if (fault?.kind === 'refuse') this.mischief.throttles += 1;
    return fault;
  };

  /** Ends whatever the function has under way, from within one of its calls or requests. */
  readonly end = (functionId: string): void => {
    const ended = this.#hands.endBusyWorkers(functionId);
    this.mischief.crashes += ended;
    if (ended > 0)
      this.#hands.note(`${ended} busy worker(s) of ${functionName(functionId)} ended`, functionId);
  };

  readonly misbehaviourOf = (endpointId: string): ReceiverFault | undefined => {
    if (endpointId === 'ep_gone') return this.#goneMisbehaviour();
    if (!this.#isOn) return undefined;
    const share = endpointId === 'ep_flaky' ? flakyShare : misbehavingShare;
    return this.#posts() < share ? pick(this.#posts, everyday) : undefined;
  };

  /** Some receivers think long: that is when two workers would meet over one delivery. */
  readonly answerDelayMs = (): number =>
    this.#isOn && this.#posts() < 0.4 ? between(this.#posts, 50, 400) : 0;

  readonly isStreamTrimmed = (): boolean => this.#isStreamTrimmed;

  readonly partnerCentralFaultOf = (): Fault | undefined => this.#partnerCentralFault;

  #goneMisbehaviour(): ReceiverFault | undefined {
    this.#isGone ||= performance.now() - this.#startedAtMs > this.#goneFromMs;
    return this.#isGone ? 'gone' : undefined;
  }

  async #act(act: NemesisAction): Promise<void> {
    const { endWorker, stallStream, rereadStream, purge, throttlePartnerCentral, note } = this.#hands;
    switch (act.kind) {
      case 'end-worker': {
        const ended = endWorker(act.functionId);
        this.mischief.crashes += ended;
        if (ended > 0) note('a worker ended', act.functionId);
        return;
      }
      case 'stall-stream':
        return stallStream(act.forMs);
      case 'trim-stream':
        this.#isStreamTrimmed = true;
        await sleep(act.forMs);
        this.#isStreamTrimmed = false;
        return;
      case 'reread-stream':
        if (await rereadStream()) this.mischief.duplicates += 1;
        return;
      case 'purge':
        return purge(act.queueId);
      case 'spell': {
        const spell = `${act.functionId} ${act.service}`;
        this.#spells.add(spell);
        note(`every call to ${act.service} is refused for ${act.forMs} ms`, act.functionId);
        await sleep(act.forMs);
        this.#spells.delete(spell);
        return;
      }
      case 'partner-central-throttles':
        throttlePartnerCentral(act.forMs);
        await sleep(act.forMs);
        return;
      case 'partner-central-fails':
        this.#partnerCentralFault = act.fault;
        await sleep(act.forMs);
        this.#partnerCentralFault = undefined;
    }
  }
}
