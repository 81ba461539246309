import type { EndpointGate, Pause } from '../../../lambdas/core/endpoint-gate.ts';
import { epochMsOf, type Instant } from '../../../lambdas/core/instant.ts';

/** The circuit breaker of an endpoint. While it is open, deliveries wait and spend no attempts. */
export interface BreakerState {
  readonly state: 'closed' | 'open' | 'half-open';
  readonly failuresInARow: number;
  readonly failingSince?: Instant | undefined;
  readonly openUntil?: Instant | undefined;
}

export function breakerOf(gate: EndpointGate | undefined, nowMs: number): BreakerState {
  if (!gate) return { state: 'closed', failuresInARow: 0 };
  const { failuresInARow, failingSince, openUntil, openings } = gate.breaker;
  if (openings === 0) return { state: 'closed', failuresInARow, failingSince };
  const isOpen = openUntil !== undefined && epochMsOf(openUntil) > nowMs;
  return { state: isOpen ? 'open' : 'half-open', failuresInARow, failingSince, openUntil };
}

export function breakerText({ state, failuresInARow, failingSince, openUntil }: BreakerState): string {
  const failures =
    failingSince === undefined ? '' : `, ${failuresInARow} failures in a row since ${failingSince}`;
  if (state === 'closed') return `closed${failures}`;
  return state === 'open'
    ? `open until ${openUntil}${failures}; nothing is sent and no attempt is spent`
    : `half-open${failures}; the next delivery is a trial`;
}

/** The pause, unless it is over. A fault of the relay lasts until a delivery is sent. */
export function pauseOf(gate: EndpointGate | undefined, nowMs: number): Pause | undefined {
  const { pause } = gate ?? {};
  return pause && (pause.cause === 'own-fault' || epochMsOf(pause.until) > nowMs) ? pause : undefined;
}

export function pauseText({ cause, until, since, reason }: Pause): string {
  return cause === 'retry-after'
    ? `until ${until}: ${reason}`
    : `since ${since}, next try ${until}: ${reason}; no attempt is spent`;
}
