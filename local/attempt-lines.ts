import { dynamodbDeliveryLog } from '../bin/pcr/stores/dynamodb-delivery-log.ts';
import { dynamodbRecordStore } from '../lambdas/adapters/dynamodb-record-store.ts';
import { testCatalog } from '../lambdas/core/catalogs.ts';
import { isDeliveryId } from '../lambdas/core/ids.ts';
import { at, textAt } from '../lambdas/core/json.ts';
import type { VersionRef } from '../lambdas/core/record.ts';
import { sampleVersion } from '../lambdas/core/sample-version.ts';
import type { AttemptListener } from './function-logs.ts';
import type { StageAccess } from './stage-access.ts';

/** What is printed about an attempt to send one message to one endpoint. */
export interface SeenAttempt {
  readonly atMs: number;
  readonly endpointId: string;
  /** HTTP status, or the outcome without one. */
  readonly answer: string;
  readonly isDelivered: boolean;
  readonly version: VersionRef;
  readonly type: string;
  /** Whether this message was delivered to this endpoint before. */
  readonly isReplay: boolean;
}

/**
 * Finds out what the log lines of attempts are about: they name only the delivery.
 * @param show called for each attempt
 */
export function attemptWatcher(
  { dynamodb, tables }: Pick<StageAccess, 'dynamodb' | 'tables'>,
  show: (attempt: SeenAttempt) => void,
): AttemptListener {
  const deliveries = dynamodbDeliveryLog(dynamodb, tables.webhooks);
  const records = dynamodbRecordStore(dynamodb, tables.records);
  return async (entry, isReplay) => {
    const atMs = Date.now();
    const [id, outcome = ''] = [textAt(entry, 'deliveryId'), textAt(entry, 'outcome')];
    const delivery = isDeliveryId(id) ? await deliveries.find(id) : undefined;
    if (!delivery || 'unreadable' in delivery) return;
    const { version, endpointId } = delivery;
    const isTest = version.catalog === testCatalog;
    const type = isTest ? sampleVersion(version)?.type : (await records.announced(version))?.type;
    const status = at(entry, 'status');
    const answer = typeof status === 'number' ? String(status) : outcome;
    const isDelivered = outcome === 'delivered';
    show({ atMs, endpointId, answer, isDelivered, version, type: type ?? '', isReplay });
  };
}

const columns = 80;

/** One line of at most 80 columns: `10:00:05Z 204 ep_local opportunity.updated O1234567 v2`. */
export function attemptLine({ atMs, endpointId, answer, version, type, isReplay }: SeenAttempt): string {
  const time = `${new Date(atMs).toISOString().slice(11, 19)}Z`;
  const { catalog, id } = version;
  const mark = catalog === testCatalog ? ' (test)' : isReplay ? ' (replay)' : '';
  const line = `${time} ${answer} ${endpointId} ${type} ${id} v${version.version}`;
  const room = columns - mark.length;
  return `${line.length > room ? `${line.slice(0, room - 1)}…` : line}${mark}`;
}
