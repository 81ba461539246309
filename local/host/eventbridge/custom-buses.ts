import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { isJsonObject } from '../../../lambdas/core/json.ts';
import { tryParseJson } from '../../../lambdas/core/json-text.ts';

/** An event on a custom bus. */
export interface BusEvent {
  readonly id: string;
  readonly busArn: string;
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
}

/** A request of another shape is refused as a whole. Invalid details fail only their entry. */
const putEvents = v.object({
  Entries: v.pipe(
    v.array(
      v.object({
        EventBusName: v.string(),
        Source: v.pipe(v.string(), v.nonEmpty()),
        DetailType: v.pipe(v.string(), v.nonEmpty()),
        Detail: v.string(),
      }),
    ),
    v.minLength(1),
    v.maxLength(10),
  ),
});

/** EventBridge User Guide, "Calculating PutEvents event entry size": less than 256 KB. */
const mostEntriesBytes = 256 * 1_024;

/**
 * All event buses except the default bus. They keep all events: the template has no rules for them.
 */
export class CustomBuses {
  readonly #events: BusEvent[] = [];

  /** Oldest first. */
  get events(): readonly BusEvent[] {
    return this.#events;
  }

  /** PutEvents of EventBridge. @throws Error if the request is malformed or too large */
  putEvents(request: unknown): unknown {
    const { Entries } = v.parse(putEvents, request);
    const texts = Entries.flatMap(({ Source, DetailType, Detail }) => [Source, DetailType, Detail]);
    if (texts.reduce((bytes, each) => bytes + Buffer.byteLength(each), 0) >= mostEntriesBytes)
      throw new RangeError('Total size of the entries in the request is over the limit.');
    const entries = Entries.map((entry) => this.#take(entry));
    return { FailedEntryCount: entries.filter((entry) => 'ErrorCode' in entry).length, Entries: entries };
  }

  #take(entry: v.InferOutput<typeof putEvents>['Entries'][number]) {
    const detail = tryParseJson(entry.Detail);
    if (!isJsonObject(detail)) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    const id = randomUUID();
    const { EventBusName: busArn, Source: source, DetailType: detailType } = entry;
    this.#events.push({ id, busArn, source, detailType, detail });
    return { EventId: id };
  }
}
