import type { DoorbellDetails } from '../../lambdas/core/doorbell-body.ts';
import type { ParkReason, WorkQueue } from '../../lambdas/ports/work-queue.ts';

/** A message in the queue. `timesSentAgain` includes this time. */
export interface SentMessage {
  readonly body: string;
  readonly timesSentAgain: number;
  readonly delayMs: number;
}

export interface ParkedMessage extends ParkReason {
  readonly body: string;
}

export interface InMemoryWorkQueue extends WorkQueue {
  readonly sent: readonly SentMessage[];
  readonly parked: readonly ParkedMessage[];
}

export function inMemoryWorkQueue(): InMemoryWorkQueue {
  const sent: SentMessage[] = [];
  const parked: ParkedMessage[] = [];
  return {
    sent,
    parked,
    async sendAgain({ body, timesSentAgain }, delayMs) {
      sent.push({ body, timesSentAgain: timesSentAgain + 1, delayMs });
    },
    async park(body, { code, reason }) {
      parked.push({ body, code, reason });
    },
  };
}

/** One call of a doorbell. */
export interface Ring<Row> {
  readonly rows: readonly Row[];
  readonly delayMs: number;
  /** Details of a doorbell message of `deliver`. */
  readonly details?: DoorbellDetails | undefined;
}

export interface InMemoryDoorbell<Row> {
  ring(rows: readonly Row[], delayMs?: number, details?: DoorbellDetails): Promise<void>;
  readonly rings: readonly Ring<Row>[];
}

/** A doorbell of `deliver` (rows are `DeliveryId`) or of `fan-out` (rows are `VersionRef`). */
export function inMemoryDoorbell<Row>(): InMemoryDoorbell<Row> {
  const rings: Ring<Row>[] = [];
  return {
    rings,
    async ring(rows, delayMs = 0, details) {
      rings.push({ rows: structuredClone(rows), delayMs, details });
    },
  };
}
