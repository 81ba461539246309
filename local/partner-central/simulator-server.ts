import type { JsonObject } from '../../lambdas/core/json.ts';
import { stringifyJson } from '../../lambdas/core/json-text.ts';
import type { LoopbackServer } from '../loopback-server.ts';
import type { SimulatedPartner } from './model/simulated-partner.ts';
import { longestLagMs } from './model/simulated-records.ts';
import { type EndlessLists, EndlessTokens } from './operations/endless-tokens.ts';
import type { Operation } from './operations/operation.ts';
import { operations } from './operations/operations.ts';
import { PageTokens } from './operations/page-tokens.ts';
import { quotaOf } from './operations/write-operations.ts';
import { between, type Random, seededRandom } from './seeded-random.ts';
import { CallLog, type LoggedCall } from './wire/call-log.ts';
import { CallQuota, type CallQuotaLimits } from './wire/call-quota.ts';
import {
  accessDenied,
  internalFailure,
  invalid,
  notFound,
  type ThrottleCause,
  ThrottledError,
  type ThrottleForm,
  throttleForms,
  unknownOperation,
  WireError,
} from './wire/wire-error.ts';
import { startWireServer, type WireCall } from './wire/wire-server.ts';

/**
 * `timeout` keeps the connection open without an answer; `hang-up` closes it without an answer.
 * Three faults perform the call all the same: `answer-lost` then closes the connection,
 * `internal-after` then answers with an internal failure, and `late` keeps the connection open and
 * performs the call after `lateMs`.
 */
export type Fault =
  | 'throttle'
  | 'internal'
  | 'access-denied'
  | 'not-found'
  | 'validation'
  | 'timeout'
  | 'hang-up'
  | 'answer-lost'
  | 'internal-after'
  | 'late';

/** Called for each request. `id` is the identifier in the request, empty for a list of records. */
export type FaultHook = (operation: string, id: string) => Fault | undefined;

/** Replaces the body of an answer, for example with list items that lack ids or dates. */
export type AnswerHook = (operation: string, body: JsonObject) => JsonObject;

export interface SimulatorProps {
  readonly partner: SimulatedPartner;
  /** @default 0, any free port */
  readonly port?: number;
  /** Quota of reads. @default no quota is enforced */
  readonly quota?: CallQuotaLimits;
  /** Quota of writes. @default no quota is enforced */
  readonly writeQuota?: CallQuotaLimits;
  /** How late a call with the fault `late` is performed. @default 5,000 */
  readonly lateMs?: number;
  /** @default calls are not logged */
  readonly log?: (call: LoggedCall) => void;
  /** Clock of the quota and of `throttleFor`. @default the real clock */
  readonly nowMs?: () => number;
  /** Decides the age of each stale answer. @default a fixed seed */
  readonly random?: Random;
}

export interface Simulator extends LoopbackServer {
  /**
   * Number of reads that were not throttled, as the quota of AWS counts them.
   * @default all operations that read
   */
  readonly reads: (operation?: string) => number;
  /** Number of writes that were not throttled. @default all operations that write */
  readonly writes: (operation?: string) => number;
  /** Number of throttled calls. @default all causes */
  readonly throttled: (cause?: ThrottleCause) => number;
  /** Number of calls that exceeded the quota. Calls throttled by other causes do not count. */
  readonly quotaThrottled: () => number;
  /** Throttles every call for this time from now. */
  readonly throttleFor: (ms: number) => void;
  /** From now on throttled calls are answered in these forms, one after the other. */
  readonly throttleAs: (forms: readonly [ThrottleForm, ...ThrottleForm[]]) => void;
  /** Makes lists endless. Replaces the current setting; undefined ends it. */
  readonly makeEndless: (lists: EndlessLists | undefined) => void;
  /** Replaces the current hook; undefined removes it. */
  readonly injectFaults: (hook: FaultHook | undefined) => void;
  /** Replaces the current hook; undefined removes it. */
  readonly alterAnswers: (hook: AnswerHook | undefined) => void;
  /**
   * From now on each read returns data that is up to this age, by the clock of the partner. Records
   * created later are not found. 0 ends stale reads.
   */
  readonly serveStaleReads: (ms: number) => void;
  /** Invalidates every NextToken issued so far. */
  readonly expireTokens: () => void;
}

/**
 * Serves the Partner Central Selling API of a simulated partner on 127.0.0.1. All reads share one
 * quota, and so do the writes that AWS lists with a quota.
 */
export async function startSimulator(props: SimulatorProps): Promise<Simulator> {
  const { partner, port, log, nowMs = Date.now, random = seededRandom(1), lateMs = 5_000 } = props;
  const calls = new CallLog(log);
  const tokens = new PageTokens();
  const quotas = {
    read: props.quota && new CallQuota(props.quota),
    write: props.writeQuota && new CallQuota(props.writeQuota),
    unlimited: undefined,
  };
  let throttledUntilMs = 0;
  let staleMs = 0;
  let faultOf: FaultHook | undefined;
  let alterAnswer: AnswerHook | undefined;
  let forms: readonly [ThrottleForm, ...ThrottleForm[]] = [throttleForms[0]];
  const endless = new EndlessTokens();

  const throttled = (cause: ThrottleCause): ThrottledError =>
    new ThrottledError(cause, forms[calls.throttled() % forms.length]);

  function answer(call: WireCall, id: string): string | undefined {
    const operation = operations.get(call.operation);
    if (!operation) {
      const known = [...operations.keys()].join(', ');
      throw unknownOperation(`The simulator supports ${known}, not ${call.operation}`);
    }
    const fault = faultOf?.(call.operation, id);
    if (fault === 'throttle') throw throttled('fault');
    if (call.arrivedAtMs < throttledUntilMs) throw throttled('throttle-window');
    if (quotas[quotaOf(call.operation)]?.trySpend(call.arrivedAtMs) === false) throw throttled('quota');
    if (fault) return applyFault(fault, call, () => perform(call, operation));
    return perform(call, operation);
  }

  function perform(call: WireCall, operation: Operation): string {
    const view = partner.view(staleMs === 0 ? 0 : between(random, 0, staleMs));
    const body = endless.list(call.operation, call.input, (input) =>
      operation({ view, tokens, writes: partner.writes }, input),
    );
    return stringifyJson(alterAnswer ? alterAnswer(call.operation, body) : body);
  }

  function applyFault(fault: Exclude<Fault, 'throttle'>, call: WireCall, run: () => void): undefined {
    if (fault === 'late') setTimeout(lostCall, lateMs, run).unref();
    if (fault === 'answer-lost' || fault === 'internal-after') lostCall(run);
    if (fault === 'hang-up' || fault === 'answer-lost') call.hangUp();
    else if (fault !== 'timeout' && fault !== 'late') throw errors[fault]();
  }

  const server = await startWireServer(calls.wrap(answer), { port, nowMs });
  return {
    ...server,
    reads: (operation) => calls.reads(operation),
    writes: (operation) => calls.writes(operation),
    throttled: (cause) => calls.throttled(cause),
    quotaThrottled: () => calls.throttled('quota'),
    throttleFor: (ms) => {
      throttledUntilMs = nowMs() + ms;
    },
    throttleAs: (given) => {
      forms = given;
    },
    makeEndless: (lists) => {
      endless.lists = lists;
    },
    injectFaults: (hook) => {
      faultOf = hook;
    },
    alterAnswers: (hook) => {
      alterAnswer = hook;
    },
    serveStaleReads: (ms) => {
      if (ms > longestLagMs)
        throw new RangeError(`The simulator keeps no state longer than ${longestLagMs} ms`);
      staleMs = ms;
    },
    expireTokens: () => tokens.expire(),
  };
}

const errors = {
  internal: internalFailure,
  'internal-after': internalFailure,
  'access-denied': accessDenied,
  'not-found': notFound,
  validation: () => invalid('A validation failure injected by the simulator', []),
};

function lostCall(perform: () => void): void {
  try {
    perform();
  } catch (error) {
    // The refusal is lost like an answer.
    if (!(error instanceof WireError)) throw error;
  }
}
