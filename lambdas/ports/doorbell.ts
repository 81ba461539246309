import type { DoorbellDetails } from '../core/doorbell-body.ts';
import type { DeliveryId } from '../core/ids.ts';
import type { VersionRef } from '../core/record.ts';

/**
 * Says that a row may be due. A ring that is lost costs time, never work: the row stays due and `sweep` rings again.
 * @throws ServiceError `queue.unavailable` (later).
 */
export interface DeliveryDoorbell {
  /**
   * @param delayMs up to 15 minutes, rounded up to whole seconds
   * @param details of all of them
   */
  ring(deliveries: readonly DeliveryId[], delayMs?: number, details?: DoorbellDetails): Promise<void>;
}

export interface FanOutDoorbell {
  ring(versions: readonly VersionRef[]): Promise<void>;
}
