import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientSettings } from '../local/host/local-account.ts';
import { toSqsRecord } from '../local/host/queues/sqs-event.ts';
import { startDynamoDb } from '../local/host/tables/dynamodb-engine.ts';
import { createPartner } from '../local/partner-central/create-partner.ts';
import type { PartnerEventEnvelope } from '../local/partner-central/model/partner-events.ts';
import { startSimulator } from '../local/partner-central/simulator-server.ts';
import { controlTableInput, recordTableInput } from '../test/conformance/tables.ts';
import { type FunctionProcess, startFunctionProcess } from './function-process.ts';
import { bundleHandler } from './handler-bundle.ts';
import {
  alternate,
  type Measured,
  type Measurement,
  median,
  ratioOf,
  type Sides,
  spread,
} from './measurement.ts';

/** How many messages one invocation receives. */
const batchSize = 50;
const perRound = 16 * batchSize;
const rounds = 9;

/** Events of one business action. The function hydrates them together, the baseline one by one. */
const burst = 5;

/**
 * Processor time of the deployed bundle per event, divided by that of a bare handler with one
 * GetOpportunity and one PutItem. Each event concerns another opportunity without a summary, so
 * that both read and write one record. The cost of bursts is printed but has no bound.
 */
export const hydrateCpu: Measurement = {
  name: 'hydrateCpu',
  bound: { atMost: 1.6 },
  async run(report) {
    await using cleanUps = new AsyncDisposableStack();
    return await measure(report, cleanUps);
  },
};

async function measure(report: (line: string) => void, cleanUps: AsyncDisposableStack): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'relay-bench-'));
  cleanUps.defer(() => rm(folder, { recursive: true, force: true }));
  const { partner, emitted } = createPartner();
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
      // So large that no read waits: the baseline has no quota.
      READS_PER_SECOND: '100000',
      READS_PER_DAY: '100000000',
    });
    cleanUps.defer(() => started.stop());
    return started;
  };
  const baseline = await start('bare', './bare-hydrate.ts', 'bare');
  const product = await start('real', '../lambdas/hydrate/opportunity-handler.ts', 'records');

  const compare = (ids: readonly string[]): Promise<Sides> => {
    const microsecondsPerEvent = async (side: FunctionProcess): Promise<number> => {
      for (let index = 0; index < perRound; index += 1)
        partner.updateOpportunity(ids[Math.floor((index * ids.length) / perRound)] ?? '');
      const batches: unknown[] = [];
      while (emitted.length > 0) batches.push(sqsEvent(emitted.splice(0, batchSize)));
      return (1_000 * (await side.runRound(batches)).cpuMs) / perRound;
    };
    return alternate(
      { baseline: () => microsecondsPerEvent(baseline), product: () => microsecondsPerEvent(product) },
      rounds,
    );
  };
  const created = Array.from({ length: perRound }, () => partner.createOpportunity('AWS', { events: 0 }));
  report(`${perRound} events of as many opportunities in each round …`);
  const single = await compare(created);
  const submitted = created.slice(0, perRound / burst);
  for (const id of submitted) partner.submitOpportunity(id, { events: 0 });
  report(`${perRound} events of ${submitted.length} submitted opportunities in each round …`);
  const bursts = await compare(submitted);
  return {
    ratio: ratioOf(single),
    ours: `${median(single.product).toFixed(0)} µs an event`,
    floor: `${median(single.baseline).toFixed(0)} µs, a bare handler`,
    details: [
      'processor time per event, fifty events per batch',
      `the function: ${spread(single.product, 'µs', 0)}`,
      `a bare handler: ${spread(single.baseline, 'µs', 0)}`,
      'without a bound: bursts of five events for a submitted opportunity, which also has a summary: ' +
        `${spread(bursts.product, 'µs', 0)} over ${spread(bursts.baseline, 'µs', 0)}: ${ratioOf(bursts).toFixed(2)}`,
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
