import type { Clock } from '../ports/clock.ts';
import type { DeliveryStore } from '../ports/delivery-store.ts';
import type { DeliveryDoorbell, FanOutDoorbell } from '../ports/doorbell.ts';
import type { EndpointGateStore } from '../ports/endpoint-gate.ts';
import type { EndpointStore } from '../ports/endpoint-store.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Random } from '../ports/random.ts';
import type { RecordStore } from '../ports/record-store.ts';
import type { SecretStore } from '../ports/secret-store.ts';
import type { WebhookTransport } from '../ports/webhook-transport.ts';
import type { ParkedQueue } from '../ports/work-queue.ts';
import type { DeliverLevel, DeliverMetric } from './contract.ts';

export interface DeliverDeps {
  readonly deliveries: Omit<DeliveryStore, 'due'>;
  /** `find` may be memoized for one batch. */
  readonly endpoints: Pick<EndpointStore, 'find' | 'disable'>;
  /** Reads the endpoint from the store, never from memory. */
  readonly readEndpoint: EndpointStore['find'];
  readonly gates: Pick<EndpointGateStore, 'read' | 'write'>;
  readonly records: Pick<RecordStore, 'version' | 'messageIds' | 'awaitsFanOut' | 'removeIntent'>;
  readonly secrets: SecretStore;
  /** See `isSecretOf`. */
  readonly secretNamePrefix: string;
  readonly transport: WebhookTransport;
  readonly eventBus: EventBus;
  readonly doorbell: DeliveryDoorbell;
  readonly fanOutDoorbell: FanOutDoorbell;
  readonly parked: ParkedQueue;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics<DeliverMetric, DeliverLevel>;
  /** Name of this worker, unique among all that run at the same time. */
  readonly worker: string;
  /** How many workers may send to one endpoint at the same time. */
  readonly slotsPerEndpoint: number;
  /** Lease of a claimed delivery and of a slot, milliseconds. As long as the function can run. */
  readonly leaseMs: number;
  /** Factor on the waits of the retry schedule and on timeouts, see TIME_SCALE. */
  readonly timeScale: number;
}
