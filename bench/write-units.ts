import {
  type AttributeValue,
  CreateTableCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { startCostStage } from '../docs/generate/cost-stage.ts';
import { costOfChange } from '../docs/generate/growth.ts';
import { createPartner } from '../local/partner-central/create-partner.ts';
import { startSimulator } from '../local/partner-central/simulator-server.ts';
import { synthesize } from '../local/synthesize.ts';
import { recordTableInput, webhookTableInput } from '../test/conformance/tables.ts';
import type { Measured, Measurement } from './measurement.ts';

const folder = 'cdk.out/bench-write-units';
const changes = 10;

/**
 * Write units that DynamoDB reports for a version with one endpoint, one change at a time, divided
 * by those of the least writes by hand: the current item, the version and the delivery, each put
 * once into tables with the same indexes.
 */
export const writeUnits: Measurement = {
  name: 'writeUnits',
  bound: { atMost: 1.6 },
  async run(report) {
    report('building the functions and synthesizing the stack');
    await synthesize({ folder, settings: { catalogs: 'AWS' } });
    await using cleanUps = new AsyncDisposableStack();
    return await measure(cleanUps);
  },
};

async function measure(cleanUps: AsyncDisposableStack): Promise<Measured> {
  const { partner, emitted } = createPartner();
  const simulator = await startSimulator({ partner });
  cleanUps.defer(simulator.stop);
  const stage = await startCostStage(folder, simulator.url);
  cleanUps.defer(stage.stop);
  const { dynamodb, tables } = stage;
  const ids = Array.from({ length: changes }, () => partner.createOpportunity('AWS'));
  await stage.put(emitted.splice(0));
  const byHand = [
    await startTable(dynamodb, tables.records, recordTableInput('records-by-hand')),
    await startTable(dynamodb, tables.webhooks, webhookTableInput('webhooks-by-hand')),
  ];
  const run = await stage.counted(async () => {
    for (const id of ids) {
      partner.updateOpportunity(id, { patch: { LifeCycle: { NextSteps: `Call the customer of ${id}` } } });
      await stage.put(emitted.splice(0));
    }
    return changes;
  });
  const ours = costOfChange(run).writeUnits;
  let units = 0;
  for (const table of byHand) units += await table.putWritten();
  const floor = units / changes;
  return {
    ratio: ours / floor,
    ours: `${ours.toFixed(1)} write units a version`,
    floor: `${floor.toFixed(1)} write units by hand`,
    details: [
      'a change of next steps, one at a time, with one endpoint that wants everything',
      'by hand: the current item, the version and the delivery are put once; no quota, outbox or lease',
    ],
  };
}

type Item = Readonly<Record<string, AttributeValue>>;

/** Kinds of rows that a version consists of: others are bookkeeping. */
const contents = /^(?:delivery#|\w+\/)/;

async function startTable(
  client: DynamoDBClient,
  source: string,
  input: ReturnType<typeof recordTableInput>,
) {
  await client.send(new CreateTableCommand(input));
  const before = await scan(client, source);
  const put = async (Item: Item): Promise<number> => {
    const command = { TableName: input.TableName, Item, ReturnConsumedCapacity: 'TOTAL' } as const;
    const { ConsumedCapacity } = await client.send(new PutItemCommand(command));
    return ConsumedCapacity?.CapacityUnits ?? Number.NaN;
  };
  for (const item of before.values()) await put(item);
  return {
    /** Puts what was written since. @returns write units */
    putWritten: async (): Promise<number> => {
      let units = 0;
      for (const [key, item] of await scan(client, source)) {
        // Every record was changed. The engine returns attributes in any order.
        const isWritten = !before.has(key) || key.endsWith(' current');
        if (isWritten && contents.test(key)) units += await put(item);
      }
      return units;
    },
  };
}

async function scan(client: DynamoDBClient, TableName: string): Promise<ReadonlyMap<string, Item>> {
  const items = new Map<string, Item>();
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true }))
    for (const item of Items) items.set(`${item['pk']?.S} ${item['sk']?.S}`, item);
  return items;
}
