import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientSettings } from '../local/host/local-account.ts';
import { toSqsRecord } from '../local/host/queues/sqs-event.ts';
import { startDynamoDb } from '../local/host/tables/dynamodb-engine.ts';
import { createPartner } from '../local/partner-central/create-partner.ts';
import type { SimulatedPartner } from '../local/partner-central/model/simulated-partner.ts';
import { startSimulator } from '../local/partner-central/simulator-server.ts';
import { controlTableInput, recordTableInput } from '../test/conformance/tables.ts';
import { type FunctionProcess, startFunctionProcess } from './function-process.ts';

/** How many messages one invocation receives. */
const batchSize = 50;

/** A simulated partner and the tables, for `hydrate` and its baselines. */
export interface HydrateStage {
  readonly partner: SimulatedPartner;
  readonly urls: ServiceUrls;
  /** Updates the opportunities in turn. @returns the batches of their events */
  readonly update: (ids: readonly string[], events: number) => readonly unknown[];
  /** @param urls the services that the process calls, if they are not those of the stage */
  readonly start: (bundle: string, records: string, urls?: ServiceUrls) => Promise<FunctionProcess>;
}

export interface ServiceUrls {
  readonly dynamodb: string;
  readonly partnerCentral: string;
}

/** @param tables names of tables in the shape of the Records table */
export async function startHydrateStage(
  tables: readonly string[],
  cleanUps: AsyncDisposableStack,
): Promise<HydrateStage> {
  const { partner, emitted } = createPartner();
  const simulator = await startSimulator({ partner });
  cleanUps.defer(simulator.stop);
  const engine = await startDynamoDb('auto');
  cleanUps.defer(engine.stop);
  await createTables(engine.endpoint, tables);
  const own = { dynamodb: engine.endpoint, partnerCentral: simulator.url };
  return {
    partner,
    urls: own,
    update(ids, events) {
      for (let index = 0; index < events; index += 1)
        partner.updateOpportunity(ids[Math.floor((index * ids.length) / events)] ?? '');
      const batches: unknown[] = [];
      while (emitted.length > 0) batches.push(sqsEvent(emitted.splice(0, batchSize)));
      return batches;
    },
    async start(bundle, records, { dynamodb, partnerCentral } = own) {
      const started = await startFunctionProcess(bundle, {
        AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
        AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING: partnerCentral,
        RECORDS_TABLE_NAME: records,
        SETTLE_SECONDS: '0',
        // So large that no read waits: the baselines have no quota.
        READS_PER_SECOND: '100000',
        READS_PER_DAY: '100000000',
      });
      cleanUps.defer(() => started.stop());
      return started;
    },
  };
}

/** Creates the tables of `hydrate` in an empty database. */
export async function createTables(endpoint: string, records: readonly string[]): Promise<void> {
  const client = new DynamoDBClient(clientSettings(endpoint));
  const inputs = [...records.map(recordTableInput), controlTableInput('control')];
  for (const input of inputs) await client.send(new CreateTableCommand(input));
  client.destroy();
}

function sqsEvent(events: readonly { readonly id: string }[]) {
  const arn = 'arn:aws:sqs:us-east-1:000000000000:events';
  return {
    Records: events.map((event) => toSqsRecord({ MessageId: event.id, Body: JSON.stringify(event) }, arn)),
  };
}
