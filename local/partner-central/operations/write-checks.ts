import type { Json, JsonObject } from '../../../lambdas/core/json.ts';
import { compareTimestampTexts } from '../../../lambdas/core/timestamp-text.ts';
import type { SimulatedWrites, WriteRequest } from '../model/simulated-writes.ts';
import { conflict, type InvalidField, invalid, type WireError } from '../wire/wire-error.ts';

/**
 * Performs a request once for its ClientToken.
 * @param perform returns the answer, now or at a later time
 * @throws WireError ConflictException if the token was used with another body
 */
export function withToken(
  writes: SimulatedWrites,
  request: WriteRequest,
  perform: () => () => JsonObject,
): JsonObject {
  const answer = writes.once(request, perform);
  if (!answer) throw conflict('The client token was used for a request with another body');
  return answer;
}

/** @throws WireError ValidationException if there is a problem */
export function refuseBusiness(
  writes: Pick<SimulatedWrites, 'behavior'>,
  problems: readonly InvalidField[],
): void {
  if (problems.length > 0) throw businessRefusal(writes, problems);
}

export function businessRefusal(
  { behavior }: Pick<SimulatedWrites, 'behavior'>,
  problems: readonly InvalidField[],
): WireError {
  const message = behavior.omitsMessages ? '' : 'The request does not satisfy the rules of the service';
  return invalid(message, problems, 'BUSINESS_VALIDATION_FAILED');
}

/** Compares nine digits: two dates can be different within a millisecond. */
export function isSameInstant(one: string, other: Json | undefined): boolean {
  return typeof other === 'string' && compareTimestampTexts(one, other) === 0;
}
