import type { EndpointGate } from '../lambdas/core/endpoint-gate.ts';
import type { DeliveryId } from '../lambdas/core/ids.ts';
import type { VersionRef } from '../lambdas/core/record.ts';
import type { Version } from '../lambdas/core/version.ts';
import type { ClaimedDelivery, DeliveryStore } from '../lambdas/ports/delivery-store.ts';
import type { EndpointGateStore } from '../lambdas/ports/endpoint-gate.ts';
import type { EndpointStore } from '../lambdas/ports/endpoint-store.ts';
import type { RecordStore } from '../lambdas/ports/record-store.ts';
import { webhookEndpoint } from '../local/webhook-endpoint.ts';
import { observation, versionOf } from '../test/builders/versions.ts';

/**
 * Replaces the table adapters of `deliver`: every delivery exists and is due, every write succeeds
 * at once. The remaining work is that of the function: order, slots, message, signature, POST and
 * log.
 */
export const instantTables =
  /\/adapters\/dynamodb-(delivery-store|endpoint-gate|endpoint-store|record-reader)\.ts$/;

const version = versionOf(observation());

export function dynamodbDeliveryStore(): Pick<DeliveryStore, 'claim' | 'settle' | 'state' | 'wake'> {
  return {
    claim: async (id: DeliveryId): Promise<ClaimedDelivery> => ({
      id,
      messageId: version.messageId,
      endpointId: 'ep_bench',
      version,
      wanted: true,
      attemptNumber: 1,
      replayed: false,
    }),
    settle: async () => 'settled',
    state: async () => undefined,
    wake: async () => 'unchanged',
  };
}

export function dynamodbEndpointGateStore(): Pick<EndpointGateStore, 'read' | 'write'> {
  let gate: EndpointGate | undefined;
  let revision = 0;
  return {
    read: async () => ({ gate, revision }),
    async write(_id, written) {
      gate = written;
      revision += 1;
      return 'written';
    },
  };
}

export function dynamodbEndpointStore(): Pick<EndpointStore, 'find' | 'disable'> {
  const url = process.env['BENCH_URL'] ?? '';
  const secretId = 'PartnerCentralRelay/endpoints/ep_bench';
  const endpoint = webhookEndpoint({ id: 'ep_bench', url, topics: ['*'], catalogs: [], secretId });
  return { find: async () => endpoint, disable: async () => 'already' };
}

export function dynamodbRecordReader(): Pick<RecordStore, 'version' | 'messageIds' | 'awaitsFanOut'> {
  return {
    version: async (_ref: VersionRef): Promise<Version> => version,
    messageIds: async () => undefined,
    awaitsFanOut: async () => false,
  };
}
