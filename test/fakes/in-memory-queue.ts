import type { DoorbellDetails } from '../../lambdas/core/doorbell-body.ts';
import type { ParkReason, WorkQueue } from '../../lambdas/ports/work-queue.ts';

/** A message that waits in the queue, `timesSentAgain` counting this time too. */
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
  /** What a ring for deliveries says besides. */
  readonly details?: DoorbellDetails | undefined;
}

export interface InMemoryDoorbell<Row> {
  ring(rows: readonly Row[], delayMs?: number, details?: DoorbellDetails): Promise<void>;
  readonly rings: readonly Ring<Row>[];
}

/** Either doorbell, by what it rings for: a `DeliveryId` or a `VersionRef`. */
export function inMemoryDoorbell<Row>(): InMemoryDoorbell<Row> {
  const rings: Ring<Row>[] = [];
  return {
    rings,
    async ring(rows, delayMs = 0, details) {
      rings.push({ rows: structuredClone(rows), delayMs, details });
    },
  };
}
