import { definitionOf } from '../core/action-definitions.ts';
import type { JsonObject } from '../core/json.ts';
import { ServiceError } from '../core/service-error.ts';
import type { WriteOperation } from '../core/write-operation.ts';
import type { WriteResult } from '../ports/partner-central-writes.ts';
import type { ActDeps } from './deps.ts';
import { logFields } from './end-command.ts';
import { type CommandWork, type LineWork, tryUpdate } from './work.ts';

export interface Call {
  readonly operation: WriteOperation;
  readonly body: JsonObject;
  readonly isCurrent: () => boolean;
  /** True if the same request may have been sent before. */
  readonly isRepeated: boolean;
}

/**
 * Makes one call of Partner Central, and logs it.
 * @throws ServiceError as at the port PartnerCentralWrites. Nothing was sent, so the call is open
 *   no more, unless it repeats an earlier one.
 */
export async function callPartnerCentral(
  work: LineWork,
  { ticket }: CommandWork,
  { operation, body, isCurrent, isRepeated }: Call,
  deps: ActDeps,
): Promise<WriteResult> {
  const startedAtMs = deps.clock.nowMs();
  try {
    const result = await deps.writes.write(operation, body, isCurrent);
    deps.log.info('command.called', {
      ...logFields(work, ticket),
      operation,
      outcome: result.kind,
      ...('error' in result && { error: result.error }),
      ...('awsReason' in result && { awsReason: result.awsReason }),
      durationMs: deps.clock.nowMs() - startedAtMs,
    });
    return result;
  } catch (error) {
    if (error instanceof ServiceError && !isRepeated) await tryUpdate(work, { openCall: null }, deps);
    throw error;
  }
}

export function operationOf({ state }: CommandWork): WriteOperation {
  return definitionOf(state.action).operation;
}
