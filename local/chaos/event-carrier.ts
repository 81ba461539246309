import { setTimeout as sleep } from 'node:timers/promises';
import type { PartnerEventEnvelope } from '../partner-central/model/partner-events.ts';
import { between, type Random } from '../partner-central/seeded-random.ts';
import { pathsOfEvent, pathsReadFor } from './record-paths.ts';

/** An event that Partner Central meant to send, and how far it came. */
export interface SentEvent {
  readonly id: string;
  readonly detailType: string;
  /** Of the records that are read for it. */
  readonly paths: readonly string[];
  /** `dropped` before the bus, `purged` from a queue. */
  fate: 'put' | 'dropped' | 'purged';
}

export interface CarrierProps {
  readonly random: Random;
  readonly put: (event: PartnerEventEnvelope) => Promise<unknown>;
  readonly note: (paths: readonly string[], text: string) => void;
  readonly onDoubled: () => void;
}

const droppedShare = 0.05;
const doubledShare = 0.1;
const delayedShare = 0.3;
/** Half a minute of a deployment's time. */
const longestDelayMs = 1_500;

/** The way from Partner Central to the bus, best effort: events get lost, come twice, late and out of order. */
export class EventCarrier {
  /** By id, in the order in which they were emitted. */
  readonly events = new Map<string, SentEvent>();
  readonly #props: CarrierProps;
  readonly #underWay = new Set<Promise<void>>();
  #put = 0;

  constructor(props: CarrierProps) {
    this.#props = props;
  }

  /** Events put on the bus so far, those put twice counted twice. */
  get put(): number {
    return this.#put;
  }

  readonly carry = (event: PartnerEventEnvelope): void => {
    const { random, note, onDoubled } = this.#props;
    const paths = pathsOfEvent(event);
    const isDropped = random() < droppedShare;
    const sent: SentEvent = {
      id: event.id,
      detailType: event['detail-type'],
      paths: pathsReadFor(event),
      fate: isDropped ? 'dropped' : 'put',
    };
    this.events.set(event.id, sent);
    const named = `event ${event.id} ${event['detail-type']} of ${event.time}`;
    if (isDropped) return note(paths, `${named} was lost before the bus`);
    this.#deliver(event, named, paths);
    if (random() >= doubledShare) return;
    onDoubled();
    this.#deliver(event, `${named}, once more,`, paths);
  };

  /** Resolves when every event that is on its way has been put. */
  async arrived(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  #deliver(event: PartnerEventEnvelope, named: string, paths: readonly string[]): void {
    const { random, put, note } = this.#props;
    const delayMs = random() < delayedShare ? between(random, 1, longestDelayMs) : 0;
    const carrying = (async () => {
      if (delayMs > 0) await sleep(delayMs);
      note(paths, `${named} was put on the bus`);
      this.#put += 1;
      await put(event);
    })().finally(() => this.#underWay.delete(carrying));
    this.#underWay.add(carrying);
  }
}
