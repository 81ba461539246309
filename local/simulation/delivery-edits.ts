import { findDeliveriesById } from '../../bin/pcr/deliveries/find-deliveries.ts';
import { retryDeliveries, retryIdOf } from '../../bin/pcr/deliveries/retry-deliveries.ts';
import { deliveryKey } from '../../lambdas/adapters/delivery-item.ts';
import type { DeliveryId } from '../../lambdas/core/ids.ts';
import { instantOf } from '../../lambdas/core/instant.ts';
import { rowName } from '../chaos/row-reports.ts';
import { pick } from '../partner-central/seeded-random.ts';
import type { HandEditsDeps } from './hand-edits-deps.ts';

const minuteMs = 60_000;

export interface DeliveryEditsDeps extends HandEditsDeps {
  /** Notified of the name of each row that is edited. */
  readonly noteEdit: (row: string) => void;
}

/** Deliveries that an operator makes unreadable. Some are repaired with `pcr rows retry`. */
export class DeliveryEdits {
  /** Ids of deliveries that were edited, or whose version was. */
  readonly edited = new Set<DeliveryId>();
  readonly #deps: DeliveryEditsDeps;

  constructor(deps: DeliveryEditsDeps) {
    this.#deps = deps;
  }

  edit(): void {
    const { storage, plans, faults, trace, noteEdit } = this.#deps;
    const random = faults.random('row-edited');
    const pending = [...storage.deliveryRows.values()].filter(
      ({ id, status }) => status === 'pending' && !this.edited.has(id),
    );
    if (pending.length === 0) return;
    const { id } = pick(random, pending);
    trace.note('operator', `makes ${id} unreadable`);
    this.edited.add(id);
    noteEdit(rowName(deliveryKey(id)));
    storage.editDelivery(id, ['correlationId: a number; allowed: a text']);
    if (random() < 0.5) return;
    plans.later('row-edited', 30 * minuteMs, () => {
      trace.note('operator', `repairs ${id}`);
      storage.editDelivery(id, undefined);
      this.retry(id);
    });
  }

  /** As `pcr rows retry` does it. */
  retry(id: DeliveryId): void {
    const { storage, operator, account, scheduler } = this.#deps;
    operator.run(`pcr rows retry ${id}`, async ({ environment, over }) => {
      const deliveries = over(storage.deliveryLog, 'DynamoDB');
      const entries = await findDeliveriesById([id], { deliveries });
      const now = instantOf(scheduler.nowMs());
      await retryDeliveries(entries, retryIdOf(entries, now), now, {
        deliveries,
        doorbell: account.deliveryDoorbell(environment),
        endpoints: over(storage.endpoints, 'DynamoDB'),
      });
    });
  }
}
