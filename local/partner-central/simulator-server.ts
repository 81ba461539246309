import type { JsonObject } from '../../lambdas/core/json.ts';
import type { LoopbackServer } from '../loopback-server.ts';
import type { SimulatedPartner } from './model/simulated-partner.ts';
import { longestLagMs } from './model/simulated-records.ts';
import { operations } from './operations/operations.ts';
import { PageTokens } from './operations/page-tokens.ts';
import { between, type Random, seededRandom } from './seeded-random.ts';
import { type AnsweredCall, AnsweredCalls } from './wire/call-log.ts';
import { ReadQuota, type ReadQuotaLimits } from './wire/read-quota.ts';
import {
  accessDenied,
  internalFailure,
  invalid,
  notFound,
  type ThrottleCause,
  ThrottledError,
  unknownOperation,
} from './wire/wire-error.ts';
import { startWireServer, type WireCall } from './wire/wire-server.ts';

/** `timeout`: the connection stays, without an answer. `hang-up`: it ends, without an answer. */
export type Fault =
  | 'throttle'
  | 'internal'
  | 'access-denied'
  | 'not-found'
  | 'validation'
  | 'timeout'
  | 'hang-up';

/** Asked on each call; `id` is the identifier as the request names it, empty for a list of records. */
export type FaultHook = (operation: string, id: string) => Fault | undefined;

/** Gives what is sent in place of a body: list items without ids or dates, members of another type. */
export type AnswerHook = (operation: string, body: JsonObject) => JsonObject;

export interface SimulatorProps {
  readonly partner: SimulatedPartner;
  /** @default 0, any free port */
  readonly port?: number;
  /** @default no quota is enforced */
  readonly quota?: ReadQuotaLimits;
  /** @default nothing is told */
  readonly log?: (call: AnsweredCall) => void;
  /** For the quota and for spells. @default the real clock */
  readonly nowMs?: () => number;
  /** Says how old the answer to each read is while answers are stale. @default the same numbers each time */
  readonly random?: Random;
}

export interface Simulator extends LoopbackServer {
  /** Calls that were not throttled, whatever was answered: what AWS counts against the quota. All operations, or one. */
  readonly reads: (operation?: string) => number;
  /** Calls that were throttled, for any cause or for one. */
  readonly throttled: (cause?: ThrottleCause) => number;
  /** How often somebody exceeded the quota: neither spells nor faults are counted. */
  readonly quotaThrottled: () => number;
  /** Throttles every call for so long, from now. */
  readonly throttleFor: (ms: number) => void;
  /** Replaces the hook before it; undefined takes it away. */
  readonly fault: (hook: FaultHook | undefined) => void;
  /** Replaces the hook before it; undefined takes it away. */
  readonly alterAnswer: (hook: AnswerHook | undefined) => void;
  /**
   * From now on each read answers what stood there up to so many milliseconds ago, of records that are younger: not found.
   * 0 ends it. By the clock of the partner.
   */
  readonly staleFor: (ms: number) => void;
  /** Refuses every NextToken given out so far. */
  readonly expireTokens: () => void;
}

/** The Partner Central Selling API over a simulated partner, on 127.0.0.1. Every operation counts against the one quota. */
export async function startSimulator(props: SimulatorProps): Promise<Simulator> {
  const { partner, port, quota, log, nowMs = Date.now, random = seededRandom(1) } = props;
  const calls = new AnsweredCalls(log);
  const tokens = new PageTokens();
  const readQuota = quota && new ReadQuota(quota);
  let throttledUntilMs = 0;
  let staleMs = 0;
  let faultOf: FaultHook | undefined;
  let altered: AnswerHook | undefined;

  function answer(call: WireCall, id: string): string | undefined {
    const operation = operations.get(call.operation);
    if (!operation) {
      const known = [...operations.keys()].join(', ');
      throw unknownOperation(`the simulator knows ${known}, not ${call.operation}`);
    }
    const fault = faultOf?.(call.operation, id);
    if (fault === 'throttle') throw new ThrottledError('fault');
    if (call.arrivedAtMs < throttledUntilMs) throw new ThrottledError('spell');
    if (readQuota?.spend(call.arrivedAtMs) === false) throw new ThrottledError('quota');
    if (fault) return fail(fault, call);
    const view = partner.view(staleMs === 0 ? 0 : between(random, 0, staleMs));
    const body = operation({ view, tokens }, call.input);
    return JSON.stringify(altered ? altered(call.operation, body) : body);
  }

  const server = await startWireServer(calls.of(answer), { port, nowMs });
  return {
    ...server,
    reads: (operation) => calls.reads(operation),
    throttled: (cause) => calls.throttled(cause),
    quotaThrottled: () => calls.throttled('quota'),
    throttleFor: (ms) => {
      throttledUntilMs = nowMs() + ms;
    },
    fault: (hook) => {
      faultOf = hook;
    },
    alterAnswer: (hook) => {
      altered = hook;
    },
    staleFor: (ms) => {
      if (ms > longestLagMs) throw new RangeError(`no state is kept for longer than ${longestLagMs} ms`);
      staleMs = ms;
    },
    expireTokens: () => tokens.expire(),
  };
}

const errors = {
  internal: internalFailure,
  'access-denied': accessDenied,
  'not-found': notFound,
  validation: () => invalid('A validation failure, made by the simulator', []),
};

function fail(fault: Exclude<Fault, 'throttle'>, call: WireCall): undefined {
  if (fault === 'hang-up') call.hangUp();
  else if (fault !== 'timeout') throw errors[fault]();
}
