import { dynamodbDeliveryStore } from '../../lambdas/adapters/dynamodb-delivery-store.ts';
import { deliveryIdOf, type EndpointId } from '../../lambdas/core/ids.ts';
import { instantOf } from '../../lambdas/core/instant.ts';
import type { RecordKey } from '../../lambdas/core/record.ts';
import type { ConsoleWorld } from './console-world.ts';

/**
 * Adds a delivery of the first version of a record, one that has exhausted its attempts, as
 * `deliver` writes it.
 * @returns the id of its message
 */
export async function exhaustDelivery(
  { relay }: Pick<ConsoleWorld, 'relay'>,
  key: RecordKey,
  endpointId: EndpointId,
): Promise<string> {
  const version = await relay.records.version({ ...key, version: 1 });
  if (!version) throw new Error(`${key.id} has no version`);
  const { messageId } = version;
  const store = dynamodbDeliveryStore(relay.clients.dynamodb, relay.output('WebhooksTableName'));
  const id = deliveryIdOf(messageId, endpointId);
  const delivery = { id, messageId, endpointId, version: { ...key, version: 1 }, wanted: true };
  const [now, later] = [instantOf(Date.now()), instantOf(Date.now() + 60_000)];
  const claimed = await store.claimFirst(delivery, 'claim-1', now, later);
  if (!claimed) throw new Error(`${id} exists`);
  const attempt = { number: 1, startedAt: now, durationMs: 41, outcome: 'refused', status: 500 } as const;
  await store.settle(claimed, attempt, { status: 'exhausted', reason: 'delivery.exhausted' });
  return messageId;
}
