import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { EmbeddedServices } from './embedded-services.ts';
import { WakeSignal } from './event-sources/wake-up.ts';
import { clientSettings } from './local-account.ts';
import { httpQueueAccess, type QueueAccess } from './queues/queue-access.ts';
import { type CreatedQueue, createQueues } from './queues/sqs-queues.ts';
import { type CreatedTable, createTables, readTableDefinitions } from './tables/dynamodb-tables.ts';
import type { Identity, Resolve } from './template/intrinsics.ts';
import type { Template } from './template/template.ts';

/** Creates the tables of the template and adds their identities. */
export async function createStageTables(
  template: Template,
  endpoint: string,
  identities: Map<string, Identity>,
): Promise<readonly CreatedTable[]> {
  const client = new DynamoDBClient(clientSettings(endpoint));
  const tables = await createTables(client, readTableDefinitions(template));
  client.destroy();
  for (const { resource, tableName, arn, streamArn } of tables) {
    const stream: Record<string, string> = streamArn === undefined ? {} : { StreamArn: streamArn };
    identities.set(resource.logicalId, { ref: tableName, attributes: { Arn: arn, ...stream } });
  }
  return tables;
}

/** A queue of the template with access for pollers and rules. */
export interface StageQueue extends CreatedQueue {
  readonly access: QueueAccess;
  /** Notified when a message arrives in an embedded SQS. Never notified for another SQS. */
  readonly arrival: WakeSignal;
}

/** Creates the queues of the template and adds their identities. An embedded SQS scales delays. */
export async function createStageQueues(
  client: SQSClient,
  template: Template,
  resolve: Resolve,
  identities: Map<string, Identity>,
  parts: EmbeddedServices,
  timeScale: number,
): Promise<readonly StageQueue[]> {
  const queues = await createQueues(client, template, resolve, identities);
  return queues.map((queue) => {
    const arrival = new WakeSignal();
    const tuning = { delaySeconds: queue.delaySeconds * timeScale, onArrival: arrival.notify };
    return {
      ...queue,
      arrival,
      access: parts.sqs?.tune(queue.name, tuning) ?? httpQueueAccess(client, queue.url),
    };
  });
}
