import type { AttemptResult } from '../core/blame.ts';
import type { Endpoint } from '../core/endpoint.ts';
import type { EndpointGate, Pause } from '../core/endpoint-gate.ts';
import type { EndpointId } from '../core/ids.ts';
import { type ErrorCode, isFailure } from '../core/service-error.ts';
import type { DeliverDeps } from './deps.ts';
import { canSendTo } from './next-step.ts';
import { reportUnreadable } from './settle.ts';

/** An endpoint whose deliveries go through its gate. */
export type GateOwner =
  | (Pick<Endpoint, 'id' | 'ratePerSecond'> & { readonly isUnreadable: false })
  | { readonly id: EndpointId; readonly ratePerSecond?: undefined; readonly isUnreadable: true };

/** The reason of the pause begins with it. */
const unreadableCode = 'endpoint.unreadable' satisfies ErrorCode;

/**
 * Returns the endpoint if messages can be sent to it, or if its item is unreadable: then its
 * deliveries wait for its gate, as after any other fault of this stack. Returns undefined if it
 * cannot be read for any other reason: `deliver` reads it again and handles the error.
 */
export async function findGateOwner(
  id: EndpointId,
  { endpoints }: Pick<DeliverDeps, 'endpoints'>,
): Promise<GateOwner | undefined> {
  const [found] = await Promise.allSettled([endpoints.find(id)]);
  if (found.status === 'rejected')
    return isFailure(found.reason, unreadableCode) ? { id, isUnreadable: true } : undefined;
  const endpoint = found.value;
  return endpoint && canSendTo(endpoint) ? { ...endpoint, isUnreadable: false } : undefined;
}

/**
 * Ends the pause because of an unreadable item once the item is read. Unlike other faults, this one
 * needs no trial.
 */
export function endUnreadablePause(
  gate: EndpointGate | undefined,
  { isUnreadable }: GateOwner,
): EndpointGate | undefined {
  if (isUnreadable || !gate?.pause?.reason.startsWith(unreadableCode)) return gate;
  const { pause: _ended, ...open } = gate;
  return open;
}

/**
 * Counts and logs an unreadable item once.
 * @param begun the pause that the results began
 */
export function reportUnreadableEndpoint(
  { id }: GateOwner,
  begun: Pause | undefined,
  results: readonly AttemptResult[],
  deps: DeliverDeps,
): void {
  if (begun && results.some(({ code }) => code === unreadableCode))
    reportUnreadable({ endpointId: id }, [begun.reason], deps);
}
