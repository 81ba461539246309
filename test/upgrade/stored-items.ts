import { paginateScan } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { fromAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import type { Deployed } from '../deploy/deployed.ts';

/** An item as it is stored, in whatever format. */
export type StoredItem = Readonly<Record<string, unknown>>;

/** The outputs that name tables. */
export const tableOutputs = ['RecordsTableName', 'WebhooksTableName', 'ControlTableName'] as const;
export type TableOutput = (typeof tableOutputs)[number];

/** Reads a whole table. @returns the items by `pk sk` */
export async function readItems(
  { dynamodb, output }: Deployed,
  table: TableOutput,
): Promise<ReadonlyMap<string, StoredItem>> {
  const input = { TableName: output(table), ConsistentRead: true };
  const items = new Map<string, StoredItem>();
  for await (const { Items = [] } of paginateScan({ client: dynamodb }, input))
    for (const each of Items) {
      const item = fromAttributes(each);
      items.set(`${String(item['pk'])} ${String(item['sk'])}`, item);
    }
  return items;
}

/** Deliveries of an endpoint with this status. */
export async function findDeliveries(
  deployed: Deployed,
  endpointId: string,
  status: string,
): Promise<readonly StoredItem[]> {
  const items = await readItems(deployed, 'WebhooksTableName');
  return [...items.values()].filter((item) => item['endpointId'] === endpointId && item['status'] === status);
}

/** Number of messages in each queue of parked or kept messages that is not empty, by its output. */
export async function countParked({
  output,
  outputsEnding,
  sqs,
}: Deployed): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const name of [...outputsEnding('ParkedQueueUrl'), ...outputsEnding('KeptQueueUrl')]) {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: output(name), AttributeNames: ['All'] }),
    );
    const messages =
      Number(Attributes['ApproximateNumberOfMessages']) +
      Number(Attributes['ApproximateNumberOfMessagesNotVisible']);
    if (messages > 0) counts[name] = messages;
  }
  return counts;
}
