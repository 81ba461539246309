import type { LoopbackServer } from '../loopback-server.ts';
import { type AnsweredCall, AnsweredCalls } from './answered-calls.ts';
import { operations } from './operations.ts';
import { ReadQuota, type ReadQuotaLimits } from './read-quota.ts';
import type { SimulatedPartner } from './simulated-partner.ts';
import {
  accessDenied,
  internalFailure,
  invalid,
  notFound,
  throttled,
  unknownOperation,
} from './wire-error.ts';
import { startWireServer, type WireCall } from './wire-server.ts';

/** `timeout`: the connection stays, without an answer. `hang-up`: it ends, without an answer. */
export type Fault =
  | 'throttle'
  | 'internal'
  | 'access-denied'
  | 'not-found'
  | 'validation'
  | 'timeout'
  | 'hang-up';

/** Asked on each call; `id` is the identifier as the request names it. */
export type FaultHook = (operation: string, id: string) => Fault | undefined;

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
}

export interface Simulator extends LoopbackServer {
  /** Calls that were not throttled, whatever was answered: what AWS counts against the quota. All operations, or one. */
  readonly reads: (operation?: string) => number;
  /** Calls that were throttled: by the quota, by a spell or by a fault. */
  readonly throttled: () => number;
  /** Throttles every call for so long, from now. */
  readonly throttleFor: (ms: number) => void;
  /** Replaces the hook before it; undefined takes it away. */
  readonly fault: (hook: FaultHook | undefined) => void;
}

/** The Partner Central Selling API over a simulated partner, on 127.0.0.1. */
export async function startSimulator(props: SimulatorProps): Promise<Simulator> {
  const { partner, port, quota, log, nowMs = Date.now } = props;
  const calls = new AnsweredCalls(log);
  const readQuota = quota && new ReadQuota(quota);
  let throttledUntilMs = 0;
  let faultOf: FaultHook | undefined;

  function answer(call: WireCall, id: string): string | undefined {
    const operation = operations.get(call.operation);
    if (!operation) {
      const known = [...operations.keys()].join(', ');
      throw unknownOperation(`the simulator knows ${known}, not ${call.operation}`);
    }
    const fault = faultOf?.(call.operation, id);
    if (fault === 'throttle' || nowMs() < throttledUntilMs) throw throttled();
    if (readQuota?.spend(nowMs()) === false) throw throttled();
    return fault ? fail(fault, call) : JSON.stringify(operation(partner, call.input));
  }

  const server = await startWireServer(calls.of(answer), port);
  return {
    ...server,
    reads: (operation) => calls.reads(operation),
    throttled: () => calls.throttled(),
    throttleFor: (ms) => {
      throttledUntilMs = nowMs() + ms;
    },
    fault: (hook) => {
      faultOf = hook;
    },
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
