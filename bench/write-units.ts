import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttributeValue,
  CreateTableCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { startCostStage } from '../docs/generate/cost-stage.ts';
import { costOfChange } from '../docs/generate/growth.ts';
import { timeScale } from '../local/local-stage.ts';
import { createPartner } from '../local/partner-central/create-partner.ts';
import { startSimulator } from '../local/partner-central/simulator-server.ts';
import { synthesize } from '../local/synthesize.ts';
import { recordTableInput, webhookTableInput } from '../test/conformance/tables.ts';
import { deployedSettings } from './deployed-settings.ts';
import type { Measured, Measurement } from './measurement.ts';

const folder = 'cdk.out/bench-write-units';
const changes = 10;
const earlyFolder = 'cdk.out/bench-write-units-early';
/** Changes with early reads, at true speed: each takes several seconds. */
const earlyChanges = 5;

/**
 * Write units that DynamoDB reports for a version with one endpoint, one change at a time, divided
 * by those of the least writes by hand: the current item, the version and the delivery, each put
 * once into tables with the same indexes. There are no early reads. Units with the default settings
 * are counted too, and have no bound.
 */
export const writeUnits: Measurement = {
  name: 'writeUnits',
  title: 'Write units of a version',
  bound: { atMost: 1.35 },
  async run(report) {
    report('building the functions and synthesizing the stack');
    await synthesize({ folder, settings: { catalogs: 'AWS' } });
    await using cleanUps = new AsyncDisposableStack();
    return await measure(report, cleanUps);
  },
};

async function measure(report: (line: string) => void, cleanUps: AsyncDisposableStack): Promise<Measured> {
  const { stage, createAll, changeAll } = await startChanges(folder, timeScale, cleanUps);
  const { dynamodb, tables } = stage;
  await createAll(changes);
  const byHand = [
    await startTable(dynamodb, tables.records, recordTableInput('records-by-hand')),
    await startTable(dynamodb, tables.webhooks, webhookTableInput('webhooks-by-hand')),
  ];
  const ours = await changeAll();
  let units = 0;
  for (const table of byHand) units += await table.putWritten();
  const floor = units / changes;
  report(`${earlyChanges} changes with the settings of a deployment`);
  const early = await countEarly(cleanUps);
  return {
    ratio: ours / floor,
    ours: `${ours.toFixed(1)} write units a version, without early reads`,
    floor: `${floor.toFixed(1)} write units by hand`,
    details: [
      'a change of next steps, one at a time, with one endpoint that wants everything, without early reads',
      'by hand: the current item, the version and the delivery are put once; no quota, outbox or lease',
      `without a bound: with early reads, as deployed, ${early.toFixed(1)} write units a version (${earlyChanges} changes)`,
    ],
  };
}

/** At true speed, because what is early depends on the clock. */
async function countEarly(cleanUps: AsyncDisposableStack): Promise<number> {
  await synthesize({ folder: earlyFolder, settings: { catalogs: 'AWS', ...deployedSettings } });
  const { createAll, changeAll } = await startChanges(earlyFolder, 1, cleanUps);
  await createAll(earlyChanges);
  // A record that was read within the settling time is not read early.
  await sleep(1_000 * (deployedSettings.settleSeconds + 1));
  return await changeAll();
}

/** A stage with opportunities, which are changed one at a time. */
async function startChanges(template: string, scale: number, cleanUps: AsyncDisposableStack) {
  const { partner, emitted } = createPartner();
  const simulator = await startSimulator({ partner });
  cleanUps.defer(simulator.stop);
  const stage = await startCostStage(template, simulator.url, 1, scale);
  cleanUps.defer(stage.stop);
  const ids: string[] = [];
  return {
    stage,
    createAll: async (count: number): Promise<void> => {
      while (ids.length < count) ids.push(partner.createOpportunity('AWS'));
      await stage.put(emitted.splice(0));
    },
    /** @returns write units for each change */
    changeAll: async (): Promise<number> => {
      const run = await stage.counted(async () => {
        for (const id of ids) {
          const patch = { LifeCycle: { NextSteps: `Call the customer of ${id}` } };
          partner.updateOpportunity(id, { patch });
          await stage.put(emitted.splice(0));
        }
        return ids.length;
      });
      return costOfChange(run).writeUnits;
    },
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
