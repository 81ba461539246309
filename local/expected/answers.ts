import { isDeeperThan, isJsonObject, type Json, type JsonObject } from '../../lambdas/core/json.ts';
import { tryParseJson } from '../../lambdas/core/json-text.ts';
import { type RecordKey, recordPath } from '../../lambdas/core/record.ts';
import type { RecordedResponses } from '../partner-central/recorded-responses.ts';
import { WireError } from '../partner-central/wire/wire-error.ts';
import type { Truth } from '../truth-check.ts';

/** An event that is about a record, with the id that it has on the bus. */
export interface RecordEvent {
  readonly eventId: string;
  readonly key: RecordKey;
  readonly event: JsonObject;
}

/** A record that a recorded list contains. */
export interface ListedRecord {
  readonly operation: string;
  readonly key: RecordKey;
  readonly item: Json;
}

/** `handled`, or the code that an event is parked with. */
export type EventEnd = string;
export const handled: EventEnd = 'handled';

/** The recordings, and what they were found to lead to so far. */
export interface Expectation {
  readonly truth: Map<string, Truth>;
  readonly ends: Map<string, Set<EventEnd>>;
  readonly responses: RecordedResponses;
  /** Paths of the records that events are about. */
  readonly reported: ReadonlySet<string>;
}

export type Answer = { readonly body: JsonObject } | { readonly refused: EventEnd };

/** Payloads that nest more levels are parked. AWS nests fewer than ten. */
const mostLevels = 500;

export function answerOf(operation: string, id: string, { responses }: Expectation): Answer {
  const answer = responses.answerOf(operation, id);
  if (answer instanceof WireError) return { refused: codes.get(answer.name) ?? 'partner-central.invalid' };
  const body = tryParseJson(answer);
  if (!isJsonObject(body)) throw new Error(`responses/${operation}: a JSON object is expected`);
  return isDeeperThan(mostLevels, body) ? { refused: 'payload.too-deep' } : { body };
}

const codes: ReadonlyMap<string, EventEnd> = new Map([
  ['ResourceNotFoundException', 'partner-central.not-found'],
  ['AccessDeniedException', 'partner-central.access-denied'],
]);

export function store(
  key: RecordKey,
  body: JsonObject,
  { truth }: Expectation,
  alternatives: JsonObject[] = [],
): void {
  truth.set(recordPath(key), { body, alternatives, inaccessible: false });
}

export function addEnd(events: readonly RecordEvent[], end: EventEnd, { ends }: Expectation): void {
  for (const { eventId } of events) ends.get(eventId)?.add(end);
}
