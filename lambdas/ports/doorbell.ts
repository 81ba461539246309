import type { DoorbellDetails } from '../core/doorbell-body.ts';
import type { DeliveryId } from '../core/ids.ts';
import type { IntentRef } from '../core/intent.ts';
import type { LineKey } from '../core/line.ts';
import type { VersionRef } from '../core/record.ts';

/**
 * Sends messages that say that a row may be due. A lost message costs time only: the row stays due,
 * and `sweep` signals it again.
 * @throws ServiceError `queue.unavailable` (later).
 */
export interface DeliveryDoorbell {
  /**
   * @param delayMs up to 15 minutes, rounded up to whole seconds
   * @param details the same for all these deliveries
   */
  ring(deliveries: readonly DeliveryId[], delayMs?: number, details?: DoorbellDetails): Promise<void>;
}

export interface LineDoorbell {
  /** @param delayMs up to 15 minutes, rounded up to whole seconds */
  ring(lines: readonly LineKey[], delayMs?: number): Promise<void>;
}

export interface FanOutDoorbell {
  ring(versions: readonly (VersionRef | IntentRef)[]): Promise<void>;
}
