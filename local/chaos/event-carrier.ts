import { setTimeout as sleep } from 'node:timers/promises';
import type { PartnerEventEnvelope } from '../partner-central/model/partner-events.ts';
import { between, type Random } from '../partner-central/seeded-random.ts';
import { pathsOfEvent, pathsReadFor } from './record-paths.ts';

/** An event that Partner Central emitted, and what became of it. */
export interface SentEvent {
  readonly id: string;
  readonly detailType: string;
  /** Paths of the records that are read for it. */
  readonly paths: readonly string[];
  /** `put` on the bus, `dropped` before the bus, or `purged` from a queue. */
  fate: 'put' | 'dropped' | 'purged';
}

export interface CarrierProps {
  readonly random: Random;
  readonly put: (event: PartnerEventEnvelope) => Promise<unknown>;
  readonly note: (paths: readonly string[], text: string) => void;
  readonly onDuplicate: () => void;
}

const droppedShare = 0.05;
const duplicateShare = 0.1;
const delayedShare = 0.3;
/** Half a minute of a deployment. */
const maxDelayMs = 1_500;

/**
 * Carries events from Partner Central to the bus. Events get lost, duplicated, delayed and
 * reordered.
 */
export class EventCarrier {
  /** By event id, in the order in which they were emitted. */
  readonly events = new Map<string, SentEvent>();
  readonly #props: CarrierProps;
  readonly #pending = new Set<Promise<void>>();
  #put = 0;

  constructor(props: CarrierProps) {
    this.#props = props;
  }

  /** Number of events put on the bus so far. A duplicate counts as one more. */
  get put(): number {
    return this.#put;
  }

  readonly carry = (event: PartnerEventEnvelope): void => {
    const { random, note, onDuplicate } = this.#props;
    const paths = pathsOfEvent(event);
    const isDropped = random() < droppedShare;
    const sent: SentEvent = {
      id: event.id,
      detailType: event['detail-type'],
      paths: pathsReadFor(event),
      fate: isDropped ? 'dropped' : 'put',
    };
    this.events.set(event.id, sent);
    const description = `event ${event.id} ${event['detail-type']} of ${event.time}`;
    if (isDropped) return note(paths, `${description} was lost before the bus`);
    this.#deliver(event, description, paths);
    if (random() >= duplicateShare) return;
    onDuplicate();
    this.#deliver(event, `${description}, duplicated,`, paths);
  };

  /** Resolves when every delayed event has been put on the bus. */
  async waitUntilDelivered(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  #deliver(event: PartnerEventEnvelope, description: string, paths: readonly string[]): void {
    const { random, put, note } = this.#props;
    const delayMs = random() < delayedShare ? between(random, 1, maxDelayMs) : 0;
    const carrying = (async () => {
      if (delayMs > 0) await sleep(delayMs);
      note(paths, `${description} was put on the bus`);
      this.#put += 1;
      await put(event);
    })().finally(() => this.#pending.delete(carrying));
    this.#pending.add(carrying);
  }
}
