import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientSettings } from '../local/host/local-account.ts';
import { toSqsRecord } from '../local/host/queues/sqs-event.ts';
import { startDynamoDb } from '../local/host/tables/dynamodb-engine.ts';
import { createPartner } from '../local/partner-central/create-partner.ts';
import type { PartnerEventEnvelope } from '../local/partner-central/model/partner-events.ts';
import { startSimulator } from '../local/partner-central/simulator-server.ts';
import { recordTableInput } from '../test/conformance/tables.ts';
import { startFunctionProcess } from './function-process.ts';
import { bundleHandler } from './handler-bundle.ts';

/** How many messages one invocation receives. */
const batchSize = 50;

/**
 * Starts the bare handler in a process of its own, with a table and a simulator.
 * @param folder for its bundle
 * @returns a function that passes events through it and returns its processor time per event, in
 *   microseconds
 */
export async function startBareHydrate(
  folder: string,
  cleanUps: AsyncDisposableStack,
): Promise<(events: number) => Promise<number>> {
  const { partner, emitted } = createPartner();
  const simulator = await startSimulator({ partner });
  cleanUps.defer(simulator.stop);
  const engine = await startDynamoDb('auto');
  cleanUps.defer(engine.stop);
  const client = new DynamoDBClient(clientSettings(engine.endpoint));
  await client.send(new CreateTableCommand(recordTableInput('bare')));
  client.destroy();
  const handler = await startFunctionProcess(await bundleHandler('./bare-hydrate.ts', join(folder, 'bare')), {
    AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
    AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING: simulator.url,
    RECORDS_TABLE_NAME: 'bare',
  });
  cleanUps.defer(() => handler.stop());
  const ids = Array.from({ length: batchSize }, () => partner.createOpportunity('AWS', { events: 0 }));
  return async (events) => {
    for (let index = 0; index < events; index += 1) partner.updateOpportunity(ids[index % ids.length] ?? '');
    const batches: unknown[] = [];
    while (emitted.length > 0) batches.push(sqsEvent(emitted.splice(0, batchSize)));
    return (1_000 * (await handler.runRound(batches)).cpuMs) / events;
  };
}

function sqsEvent(events: readonly PartnerEventEnvelope[]) {
  const arn = 'arn:aws:sqs:us-east-1:000000000000:events';
  return {
    Records: events.map((event) => toSqsRecord({ MessageId: event.id, Body: JSON.stringify(event) }, arn)),
  };
}
