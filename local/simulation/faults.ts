import type { Random } from '../partner-central/seeded-random.ts';
import type { Randoms } from './randoms.ts';
import type { Trace } from './trace.ts';

/**
 * Every kind of fault with its highest rate: the share of its occasions at which it strikes. A name
 * begins with the occasion: `call-…` a call of a service, `event-…` an event on the bus, and so on.
 */
export const faultShares = {
  'call-refused': 0.03,
  'call-answer-lost': 0.02,
  'call-repeated': 0.02,
  'call-slow': 0.04,
  'worker-dies-before': 0.006,
  'worker-dies-after': 0.008,
  'worker-stalls': 0.004,
  'worker-times-out': 0.002,
  'worker-clock-off': 0.5,
  'worker-clock-jumps': 0.2,
  'worker-kept': 0.5,
  'event-lost': 0.08,
  'event-doubled': 0.1,
  'event-late': 0.3,
  'queue-doubled': 0.1,
  'queue-doubled-late': 0.02,
  'queue-late': 0.1,
  'queue-delete-lost': 0.04,
  'queue-purged': 0.3,
  'invoke-throttled': 0.05,
  'stream-lost': 0.1,
  'stream-late': 0.1,
  'stream-reread': 0.1,
  'index-lags': 0.5,
  'schedule-missed': 0.1,
  'schedule-doubled': 0.1,
  'schedule-late': 0.3,
  'read-stale': 0.2,
  'read-throttled': 0.03,
  'read-fails': 0.03,
  'read-slow': 0.1,
  'read-endless': 0.05,
  'secret-broken': 0.5,
  'secret-rotated': 0.5,
  'secret-lags': 0.3,
  'receiver-fails': 0.25,
  'receiver-refuses': 0.2,
  'receiver-busy': 0.1,
  'receiver-silent': 0.05,
  'receiver-gone': 0.3,
  'receiver-moves': 0.3,
  'endpoint-disabled': 0.3,
  'record-erased': 0.3,
  'record-restored': 0.3,
  'row-edited': 0.3,
  'ttl-late': 0.8,
  'queue-doubled-weeks': 0.2,
  'timestamps-odd': 1,
  'timestamps-backwards': 1,
  'event-unusable': 1,
  'write-throttled': 0.05,
  'write-fails': 0.05,
  'write-answer-lost': 0.05,
  'write-late': 0.05,
} as const;

/** These strike in the weeks after the storm too. */
const kindsOfWeeks: ReadonlySet<string> = new Set(['ttl-late', 'queue-doubled-weeks']);

export type FaultKind = keyof typeof faultShares;

export const faultKinds = Object.keys(faultShares).filter(isFaultKind);

export function isFaultKind(text: string): text is FaultKind {
  return Object.hasOwn(faultShares, text);
}

/** A kind is switched on in a seed with this probability. */
const switchedOn = 0.4;

/**
 * Decides whether a fault strikes. Each seed switches a random subset of the kinds on, each with a
 * rate of its own (swarm testing), so that rare combinations come up.
 */
export class Faults {
  /** How often each kind struck. */
  readonly counts = new Map<FaultKind, number>();
  /** Ids of the faults that struck, in order: `<kind> <number>`. */
  readonly struck: string[] = [];
  readonly #rates: ReadonlyMap<FaultKind, number>;
  readonly #randoms: Randoms;
  readonly #trace: Trace;
  /** Ids of faults that may strike. Undefined: all. */
  readonly #only: ReadonlySet<string> | undefined;
  /** How often each kind would have struck without `only`: ids keep their numbers. */
  readonly #occasions = new Map<FaultKind, number>();
  #isStorm = true;

  constructor(randoms: Randoms, trace: Trace, only?: ReadonlySet<string>) {
    this.#randoms = randoms;
    this.#trace = trace;
    this.#only = only;
    this.#rates = ratesOf(randoms('swarm'));
  }

  /** From now on nothing strikes, except what comes weeks later. */
  endStorm(): void {
    this.#isStorm = false;
  }

  get isStorm(): boolean {
    return this.#isStorm;
  }

  isOn(kind: FaultKind): boolean {
    return this.#rates.has(kind);
  }

  /**
   * Decides whether a fault strikes at this occasion, and counts and traces it. Each kind draws its
   * own numbers.
   * @param who the part that it strikes, for the trace
   * @param what what happens to it, for the trace
   */
  strikes(kind: FaultKind, who: string, what: string): boolean {
    const rate = this.#rates.get(kind);
    if (rate === undefined || !(this.#isStorm || kindsOfWeeks.has(kind))) return false;
    if (this.#randoms(`fault ${kind}`)() >= rate) return false;
    const number = (this.#occasions.get(kind) ?? 0) + 1;
    this.#occasions.set(kind, number);
    const id = `${kind} ${number}`;
    if (this.#only && !this.#only.has(id)) return false;
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    this.struck.push(id);
    this.#trace.note(who, what, id);
    return true;
  }

  /** Random numbers for the details of a kind, such as how late. */
  random(kind: FaultKind): Random {
    return this.#randoms(`detail ${kind}`);
  }
}

function ratesOf(random: Random): ReadonlyMap<FaultKind, number> {
  return new Map(
    faultKinds.flatMap((kind) => {
      const [isOn, rate] = [random() < switchedOn, random()];
      return isOn ? [[kind, faultShares[kind] * (0.1 + 0.9 * rate)] as const] : [];
    }),
  );
}
