import { parseInstant } from '../../../lambdas/core/instant.ts';
import type { Json, JsonObject } from '../../../lambdas/core/json.ts';
import type { RecordKind } from '../../../lambdas/core/record.ts';
import type { SimulatedRecord } from '../model/simulated-records.ts';
import type { SimulatedWrites, WriteRequest } from '../model/simulated-writes.ts';
import {
  accessDenied,
  conflict,
  type InvalidField,
  invalid,
  notFound,
  type WireError,
} from '../wire/wire-error.ts';

/** The current record. @throws WireError if it does not exist or is not accessible */
export function writableRecord(
  writes: SimulatedWrites,
  catalog: string,
  kind: RecordKind,
  id: string,
): SimulatedRecord {
  const record = writes.find(catalog, kind, id);
  if (!record) throw notFound();
  if (record.inaccessible) throw accessDenied();
  return record;
}

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
  return typeof other === 'string' && withNanoseconds(one) === withNanoseconds(other);
}

function withNanoseconds(text: string): string {
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  return `${(parseInstant(text) ?? text).slice(0, 19)}.${fraction.padEnd(9, '0')}`;
}
