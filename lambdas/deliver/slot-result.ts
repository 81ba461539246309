import { type AttemptResult, blames, isUp } from '../core/blame.ts';
import type { PauseRequest, SlotResult } from '../core/endpoint-gate.ts';

/** What the attempts of a batch mean for the endpoint's gate. */
export function slotResultOf(
  results: readonly AttemptResult[],
): Pick<SlotResult, 'delivered' | 'failed' | 'pause'> {
  return {
    delivered: results.filter(({ kind }) => isUp(kind)).length,
    failed: results.filter(({ kind }) => blames[kind].countsAgainstEndpoint).length,
    pause: longestPause(results.flatMap(pauseRequestOf)),
  };
}

function pauseRequestOf({ kind, untilMs, reason }: AttemptResult): PauseRequest[] {
  if (reason === undefined) return [];
  if (kind === 'own-fault') return [{ cause: 'own-fault', reason }];
  return untilMs === undefined ? [] : [{ cause: 'retry-after', untilMs, reason }];
}

function longestPause(requests: readonly PauseRequest[]): PauseRequest | undefined {
  return requests.toSorted((a, b) => untilMsOf(b) - untilMsOf(a))[0];
}

/** A requested wait is shorter than a fault that an operator has to repair. */
function untilMsOf(request: PauseRequest): number {
  return request.cause === 'own-fault' ? Number.MAX_SAFE_INTEGER : request.untilMs;
}
