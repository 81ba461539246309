import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { EmbeddedParts } from './embedded-services.ts';
import { WakeUp } from './event-sources/wake-up.ts';
import { clientSettings } from './local-account.ts';
import { type QueueAccess, queueOverHttp } from './queues/queue-access.ts';
import { type CreatedQueue, createQueues } from './queues/sqs-queues.ts';
import { type CreatedTable, createTables, tableDefinitions } from './tables/dynamodb-tables.ts';
import type { Identity, Resolve } from './template/intrinsics.ts';
import type { Template } from './template/template.ts';

/** Creates the tables of the template and lets the resolver know of them. */
export async function createStageTables(
  template: Template,
  endpoint: string,
  identities: Map<string, Identity>,
): Promise<readonly CreatedTable[]> {
  const client = new DynamoDBClient(clientSettings(endpoint));
  const tables = await createTables(client, tableDefinitions(template));
  client.destroy();
  for (const { resource, tableName, arn, streamArn } of tables) {
    const stream: Record<string, string> = streamArn === undefined ? {} : { StreamArn: streamArn };
    identities.set(resource.logicalId, { ref: tableName, attributes: { Arn: arn, ...stream } });
  }
  return tables;
}

/** A queue of the template, as pollers and rules use it. */
export interface StageQueue extends CreatedQueue {
  readonly access: QueueAccess;
  /** Rings when a message arrives, where SQS is embedded; otherwise never. */
  readonly arrival: WakeUp;
}

/** Creates the queues of the template, their delay scaled where SQS is embedded, and lets the resolver know of them. */
export async function createStageQueues(
  client: SQSClient,
  template: Template,
  resolve: Resolve,
  identities: Map<string, Identity>,
  parts: EmbeddedParts,
  timeScale: number,
): Promise<readonly StageQueue[]> {
  const queues = await createQueues(client, template, resolve, identities);
  return queues.map((queue) => {
    const arrival = new WakeUp();
    const tuning = { delaySeconds: queue.delaySeconds * timeScale, onArrival: arrival.ring };
    return {
      ...queue,
      arrival,
      access: parts.sqs?.tune(queue.name, tuning) ?? queueOverHttp(client, queue.url),
    };
  });
}
