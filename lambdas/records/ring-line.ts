import type { LineKey } from '../core/line.ts';
import { isFailure } from '../core/service-error.ts';
import type { LineDoorbell } from '../ports/doorbell.ts';

export interface RingLineDeps {
  readonly doorbell: LineDoorbell;
}

/** Wakes `act` for a line that is due. If the queue is unavailable, `sweep` signals the line. */
export async function ringLine(line: LineKey, { doorbell }: RingLineDeps): Promise<void> {
  try {
    await doorbell.ring([line]);
  } catch (error) {
    if (!isFailure(error, 'queue.unavailable')) throw error;
  }
}
