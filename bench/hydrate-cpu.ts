import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientSettings } from '../local/host/local-account.ts';
import { toSqsRecord } from '../local/host/queues/sqs-event.ts';
import { startDynamoDb } from '../local/host/tables/dynamodb-engine.ts';
import type { PartnerEventEnvelope } from '../local/partner-central/model/partner-events.ts';
import { SimulatedPartner } from '../local/partner-central/model/simulated-partner.ts';
import { seededRandom } from '../local/partner-central/seeded-random.ts';
import { startSimulator } from '../local/partner-central/simulator-server.ts';
import { controlTableInput, recordTableInput } from '../test/conformance/tables.ts';
import { type FunctionProcess, startFunctionProcess } from './function-process.ts';
import { bundleHandler } from './handler-bundle.ts';
import { alternate, type Measured, type Measurement, ratioOf, type Sides, spread } from './measurement.ts';

/** As many as one invocation takes from the queue. */
const batchSize = 50;
const perTurn = 16 * batchSize;
const turns = 9;

/** Events of one business action, which the function takes together and the bare handler one by one. */
const burst = 5;

/**
 * Processor time of the deployed bundle per event, over that of a bare handler: GetOpportunity and one PutItem, against the
 * same servers. Each event tells of another opportunity that was not submitted yet, so that both read and write one record;
 * what bursts come to is shown.
 */
export const hydrateCpu: Measurement = {
  name: 'hydrateCpu',
  bound: { atMost: 1.6 },
  async run(told) {
    await using cleanUps = new AsyncDisposableStack();
    return await measure(told, cleanUps);
  },
};

async function measure(told: (line: string) => void, cleanUps: AsyncDisposableStack): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'relay-bench-'));
  cleanUps.defer(() => rm(folder, { recursive: true, force: true }));
  const emitted: PartnerEventEnvelope[] = [];
  const random = seededRandom(1);
  const accountId = '111122223333';
  const emit = (event: PartnerEventEnvelope) => emitted.push(event);
  const partner = new SimulatedPartner({ random, nowMs: Date.now, accountId, emit });
  const simulator = await startSimulator({ partner });
  cleanUps.defer(simulator.stop);
  const engine = await startDynamoDb('auto');
  cleanUps.defer(engine.stop);
  await createTables(engine.endpoint);
  const start = async (name: string, entry: string, records: string) => {
    const started = await startFunctionProcess(await bundleHandler(entry, join(folder, name)), {
      AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
      AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING: simulator.url,
      RECORDS_TABLE_NAME: records,
      SETTLE_SECONDS: '0',
      // So wide that nobody waits for it: the bare handler does not either.
      READS_PER_SECOND: '100000',
      READS_PER_DAY: '100000000',
    });
    cleanUps.defer(() => started.stop());
    return started;
  };
  const floor = await start('bare', './bare-hydrate.ts', 'bare');
  const real = await start('real', '../lambdas/hydrate/opportunity-handler.ts', 'records');

  const compared = (ids: readonly string[]): Promise<Sides> => {
    const microsecondsPerEvent = async (side: FunctionProcess): Promise<number> => {
      for (let index = 0; index < perTurn; index += 1)
        partner.updateOpportunity(ids[Math.floor((index * ids.length) / perTurn)] ?? '');
      const batches: unknown[] = [];
      while (emitted.length > 0) batches.push(sqsEvent(emitted.splice(0, batchSize)));
      return (1_000 * (await side.runRound(batches)).cpuMs) / perTurn;
    };
    return alternate(
      { floor: () => microsecondsPerEvent(floor), real: () => microsecondsPerEvent(real) },
      turns,
    );
  };
  const created = Array.from({ length: perTurn }, () => partner.createOpportunity('AWS', { events: 0 }));
  told(`${perTurn} events of as many opportunities in each turn …`);
  const single = await compared(created);
  const submitted = created.slice(0, perTurn / burst);
  for (const id of submitted) partner.submitOpportunity(id, { events: 0 });
  told(`${perTurn} events of ${submitted.length} submitted opportunities in each turn …`);
  const bursts = await compared(submitted);
  return {
    ratio: ratioOf(single),
    details: [
      'processor time per event, fifty in a batch',
      `the function: ${spread(single.real, 'µs', 0)}`,
      `a bare handler: ${spread(single.floor, 'µs', 0)}`,
      'besides, not bound: bursts of five for a submitted opportunity, which has a summary too: ' +
        `${spread(bursts.real, 'µs', 0)} over ${spread(bursts.floor, 'µs', 0)}: ${ratioOf(bursts).toFixed(2)}`,
    ],
  };
}

async function createTables(endpoint: string): Promise<void> {
  const client = new DynamoDBClient(clientSettings(endpoint));
  const inputs = [recordTableInput('records'), recordTableInput('bare'), controlTableInput('control')];
  for (const input of inputs) await client.send(new CreateTableCommand(input));
  client.destroy();
}

function sqsEvent(events: readonly PartnerEventEnvelope[]) {
  const arn = 'arn:aws:sqs:us-east-1:000000000000:events';
  return {
    Records: events.map((event) => toSqsRecord({ MessageId: event.id, Body: JSON.stringify(event) }, arn)),
  };
}
