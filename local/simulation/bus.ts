import { textAt } from '../../lambdas/core/json.ts';
import { tryParseJson } from '../../lambdas/core/json-text.ts';
import type { SentEvent } from '../chaos/event-carrier.ts';
import { pathsReadFor } from '../chaos/record-paths.ts';
import type { PartnerEventEnvelope } from '../partner-central/model/partner-events.ts';
import { between } from '../partner-central/seeded-random.ts';
import type { Faults } from './faults.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

export interface BusDeps {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly trace: Trace;
  /** Brings an event to its queue. */
  readonly put: (event: PartnerEventEnvelope) => void;
}

const longestLateMs = 90_000;

/**
 * The default event bus. Events of Partner Central get lost, doubled, delayed and reordered.
 * Sources: the EventBridge events reference, "AWS Partner Central Selling events" (delivery type:
 * best effort) and "Delivery level for AWS service events".
 */
export class Bus {
  /** By event id, in the order in which they were emitted. */
  readonly events = new Map<string, SentEvent>();
  /** Number of events that reached a queue; a doubled one counts as one more. */
  put = 0;
  readonly #deps: BusDeps;

  constructor(deps: BusDeps) {
    this.#deps = deps;
  }

  readonly publish = (event: PartnerEventEnvelope): void => {
    const { faults, trace } = this.#deps;
    const { id } = event;
    const what = `${event['detail-type']} ${pathsReadFor(event)[0] ?? ''}, event ${id}`;
    trace.note('Partner Central', `publishes ${what}`);
    const isLost = faults.strikes('event-lost', 'bus', `loses event ${id}`);
    this.events.set(id, {
      id,
      detailType: event['detail-type'],
      paths: pathsReadFor(event),
      fate: isLost ? 'dropped' : 'put',
    });
    if (isLost) return;
    this.#deliver(event);
    if (faults.strikes('event-doubled', 'bus', `doubles event ${id}`)) this.#deliver(event);
  };

  /** A message was deleted that may hold an event. */
  notePurged(body: string): void {
    const event = this.events.get(textAt(tryParseJson(body), 'id') ?? '');
    if (event) event.fate = 'purged';
  }

  #deliver(event: PartnerEventEnvelope): void {
    const { scheduler, faults, put } = this.#deps;
    const isLate = faults.strikes('event-late', 'bus', `delays event ${event.id}`);
    const lateMs = isLate ? between(faults.random('event-late'), 500, longestLateMs) : 20;
    scheduler.after(lateMs, () => {
      this.put += 1;
      put(event);
    });
  }
}
