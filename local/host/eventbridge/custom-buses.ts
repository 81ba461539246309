import { randomUUID } from 'node:crypto';
import * as v from 'valibot';

/** An event as it lies on a custom bus, for a rule of that bus to take. */
export interface BusEvent {
  readonly id: string;
  readonly busArn: string;
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
}

/** The call is refused as a whole for its shape; what is wrong inside an entry fails that entry alone. */
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

/** Every event bus there is but the default one: all events are taken and kept, as no rule of the template listens there. */
export class CustomBuses {
  readonly #events: BusEvent[] = [];

  /** Oldest first. */
  get events(): readonly BusEvent[] {
    return this.#events;
  }

  /** PutEvents of EventBridge. @throws ValiError where the request has not its shape */
  put(request: unknown): unknown {
    const entries = v.parse(putEvents, request).Entries.map((entry) => this.#take(entry));
    return { FailedEntryCount: entries.filter((entry) => 'ErrorCode' in entry).length, Entries: entries };
  }

  #take(entry: v.InferOutput<typeof putEvents>['Entries'][number]) {
    const detail = objectIn(entry.Detail);
    if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    const id = randomUUID();
    const { EventBusName: busArn, Source: source, DetailType: detailType } = entry;
    this.#events.push({ id, busArn, source, detailType, detail });
    return { EventId: id };
  }
}

function objectIn(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
