import {
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  PutItemCommand,
  paginateQuery,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { type Attributes, toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbDeliveryStore } from '../../lambdas/adapters/dynamodb-delivery-store.ts';
import { dynamodbRecordStore } from '../../lambdas/adapters/dynamodb-record-store.ts';
import { deliveryIdOf } from '../../lambdas/core/ids.ts';
import { addMs, type Instant, instantOf } from '../../lambdas/core/instant.ts';
import { recordPath } from '../../lambdas/core/record.ts';
import { deliver } from '../../lambdas/deliver/deliver.ts';
import type { FanOutMetric } from '../../lambdas/fan-out/contract.ts';
import { fanOut } from '../../lambdas/fan-out/fan-out.ts';
import { storeObservation } from '../../lambdas/records/store-observation.ts';
import { dynoxideBinary } from '../../local/host/tables/dynamodb-engine.ts';
import { endpoint, secretIdFor } from '../builders/endpoints.ts';
import { opportunityPayload } from '../builders/payloads.ts';
import { observation, opportunityKey } from '../builders/versions.ts';
import { useDynamoDb } from '../conformance/dynamodb-under-test.ts';
import { recordTableInput } from '../conformance/tables.ts';
import { describeUnless } from '../describe-unless.ts';
import { recordedMetrics } from '../fakes/recorded-metrics.ts';
import { answered } from '../fakes/scripted-webhook-transport.ts';
import { deliverWorld, secret } from '../unit/deliver/deliver-world.ts';

const missing =
  dynoxideBinary() !== undefined || process.env['CI'] ? undefined : 'its binary is built for Linux x64 alone';

describeUnless(missing, 'promise 3: a message id never stands for two things', () => {
  const engine = useDynamoDb('dynoxide');

  /** Stores, fans out and delivers on real tables, to an endpoint with order and one without. */
  async function stackOnTables() {
    const client = engine.client();
    const recordsTable = await engine.emptyRecordTable();
    const webhooksTable = await engine.emptyWebhookTable();
    const world = {
      ...(await deliverWorld()),
      records: dynamodbRecordStore(client, recordsTable),
      deliveries: dynamodbDeliveryStore(client, webhooksTable),
    };
    world.endpoints.put(endpoint());
    world.endpoints.put(endpoint({ id: 'ep_ordered', ordering: 'per-record' }));
    world.secrets.set(secretIdFor('ep_ordered'), secret);
    const fanOutDeps = {
      ...world,
      endpoints: () => world.endpoints.all(),
      metrics: recordedMetrics<FanOutMetric>(),
    };

    /** Stores what a read at this time returned, and sends every due delivery. */
    async function read(stage: string, readAt: Instant): Promise<void> {
      const payload = opportunityPayload({ stage, lastModifiedDate: addMs(readAt, -2_000) });
      const deps = { records: world.records, clock: world.clock, outboxGraceMs: 0 };
      const known = await world.records.current(opportunityKey);
      await storeObservation(opportunityKey, known, () => observation({ payload, readAt }), deps);
      const current = await world.records.current(opportunityKey);
      if (current) await fanOut(current, fanOutDeps);
      await deliverAll();
    }

    async function deliverAll(): Promise<void> {
      for (let round = 0; round < 5; round += 1) {
        world.clock.advance(3_000);
        for (const { id } of await world.deliveries.due(instantOf(world.clock.nowMs()), 100))
          await deliver(id, world);
      }
    }

    async function items(): Promise<readonly Attributes[]> {
      const query = {
        TableName: recordsTable,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: toAttributes({ ':pk': recordPath(opportunityKey) }),
      };
      const found: Attributes[] = [];
      for await (const { Items = [] } of paginateQuery({ client }, query)) found.push(...Items);
      return found;
    }

    /** Deletes the record by hand, and puts other items in its place. */
    async function replaceItems(restored: readonly Attributes[]): Promise<void> {
      await engine.emptyRecordTable();
      for (const Item of restored) await client.send(new PutItemCommand({ TableName: recordsTable, Item }));
    }

    /** `version stage` of each message that was received, in order, by endpoint. */
    const received = () =>
      world.transport.posts.map(({ body, headers }) => ({
        id: headers['webhook-id'],
        version: Number(JSON.parse(body).data.version),
        stage: String(JSON.parse(body).data.record.LifeCycle.Stage),
      }));
    return {
      world,
      client,
      recordsTable,
      webhooksTable,
      fanOutDeps,
      read,
      items,
      replaceItems,
      received,
      deliverAll,
    };
  }

  type Stack = Awaited<ReturnType<typeof stackOnTables>>;

  function stagesOf({ received }: Stack): readonly string[] {
    return received().map(({ version, stage }) => `${version} ${stage}`);
  }

  function expectOneMeaningEach({ received }: Stack): void {
    const meanings = Map.groupBy(received(), ({ id }) => id);
    for (const same of meanings.values())
      expect(new Set(same.map(({ version, stage }) => `${version} ${stage}`)).size).toBe(1);
  }

  it('sends the versions after an erasure by hand to every endpoint, under new ids', async () => {
    const stack = await stackOnTables();
    await stack.read('Prospect', '2026-03-01T10:00:00.000Z');
    await stack.read('Qualified', '2026-03-01T11:00:00.000Z');
    await stack.replaceItems([]);
    await stack.read('Qualified', '2026-03-01T12:00:00.000Z');
    await stack.read('Committed', '2026-03-01T13:00:00.000Z');
    expect(stagesOf(stack)).toEqual(
      ['1 Prospect', '2 Qualified', '1 Qualified', '2 Committed'].flatMap(twice),
    );
    expectOneMeaningEach(stack);
  });

  it('sends the versions after the table Records was deleted and made anew, under new ids', async () => {
    const stack = await stackOnTables();
    const { client, recordsTable: TableName } = stack;
    await stack.read('Prospect', '2026-03-01T10:00:00.000Z');
    await stack.read('Qualified', '2026-03-01T11:00:00.000Z');
    const before = new Set(stack.received().map(({ id }) => id));
    await client.send(new DeleteTableCommand({ TableName }));
    await client.send(new CreateTableCommand(recordTableInput(TableName)));
    await stack.read('Qualified', '2026-03-01T12:00:00.000Z');
    await stack.read('Committed', '2026-03-01T13:00:00.000Z');
    expect(stagesOf(stack)).toEqual(
      ['1 Prospect', '2 Qualified', '1 Qualified', '2 Committed'].flatMap(twice),
    );
    expect(stack.received().filter(({ id }) => before.has(id))).toHaveLength(4);
    expectOneMeaningEach(stack);
  });

  it('sends the versions after a point-in-time restore to every endpoint, under new ids', async () => {
    const stack = await stackOnTables();
    await stack.read('Prospect', '2026-03-01T10:00:00.000Z');
    const backup = await stack.items();
    await stack.read('Qualified', '2026-03-01T11:00:00.000Z');
    await stack.read('Committed', '2026-03-01T11:30:00.000Z');
    await stack.replaceItems(backup);
    await stack.read('Committed', '2026-03-01T12:00:00.000Z');
    await stack.read('Launched', '2026-03-01T13:00:00.000Z');
    expect(stagesOf(stack)).toEqual(
      ['1 Prospect', '2 Qualified', '3 Committed', '2 Committed', '3 Launched'].flatMap(twice),
    );
    expectOneMeaningEach(stack);
  });

  it('does not send another version of the number under the id of a version that a restore removed', async () => {
    const stack = await stackOnTables();
    await stack.read('Prospect', '2026-03-01T10:00:00.000Z');
    const backup = await stack.items();
    // The endpoints are down, so that these deliveries are still pending after the restore.
    stack.world.transport.answer(answered(503));
    await stack.read('Qualified', '2026-03-01T11:00:00.000Z');
    await stack.replaceItems(backup);
    stack.world.transport.answer(answered(204));
    await stack.read('Committed', '2026-03-01T12:00:00.000Z');
    stack.world.clock.advance(24 * 3_600_000);
    await stack.deliverAll();
    expectOneMeaningEach(stack);
    expect(stagesOf(stack).filter((text) => text === '2 Committed')).toHaveLength(2);
    const removed = stack.world.parked.parked.map(({ code }) => code);
    expect(removed).toEqual(['version.missing', 'version.missing']);
  });

  it('reports a row of another message under the id of a new delivery, and sends after its removal', async () => {
    const stack = await stackOnTables();
    const { world, client, webhooksTable } = stack;
    await stack.read('Prospect', '2026-03-01T10:00:00.000Z');
    const version = await world.records.version({ ...opportunityKey, version: 1 });
    if (!version) throw new Error('version 1 is stored');
    const id = deliveryIdOf(version.messageId, 'ep_orders');
    await client.send(
      new UpdateItemCommand({
        TableName: webhooksTable,
        Key: toAttributes({ pk: `delivery#${id}`, sk: 'delivery' }),
        UpdateExpression: 'SET version = :version',
        ExpressionAttributeValues: toAttributes({ ':version': 7 }),
      }),
    );
    await client.send(
      new UpdateItemCommand({
        TableName: stack.recordsTable,
        Key: toAttributes({ pk: recordPath(opportunityKey), sk: 'version#0000000001' }),
        UpdateExpression: 'SET outbox = :pending, outboxDueAt = :now',
        ExpressionAttributeValues: toAttributes({
          ':pending': 'pending',
          ':now': '2026-03-01T10:00:00.000Z',
        }),
      }),
    );
    await expect(fanOut(version, stack.fanOutDeps)).rejects.toMatchObject({ code: 'delivery.conflict' });
    expect(world.log.lines).toContainEqual(
      expect.objectContaining({ level: 'error', event: 'delivery.mismatched' }),
    );
    // The metric of the alarm RowsUnreadable.
    expect(stack.fanOutDeps.metrics.totals()).toMatchObject({ RowsUnreadable: 1 });
    expect(await world.records.awaitsFanOut(version)).toBe(true);
    expect(stagesOf(stack)).toEqual(twice('1 Prospect'));
    const Key = toAttributes({ pk: `delivery#${id}`, sk: 'delivery' });
    await client.send(new DeleteItemCommand({ TableName: webhooksTable, Key }));
    await fanOut(version, stack.fanOutDeps);
    await stack.deliverAll();
    expect(stagesOf(stack)).toEqual([...twice('1 Prospect'), '1 Prospect']);
    expect(await world.records.awaitsFanOut(version)).toBe(false);
  });
});

/** Two endpoints receive each message. */
function twice(text: string): readonly string[] {
  return [text, text];
}
