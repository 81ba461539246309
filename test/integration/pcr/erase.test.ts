import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect } from 'vitest';
import { type EraseDeps, erase, planErasure } from '../../../bin/pcr/erase/erase.ts';
import { dynamodbErasureRows } from '../../../bin/pcr/stores/erasure-rows.ts';
import { deliveryKey } from '../../../lambdas/adapters/delivery-item.ts';
import { fromAttributes, keyIn, toAttributes } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbRecordStore } from '../../../lambdas/adapters/dynamodb-record-store.ts';
import type { DeliveryId } from '../../../lambdas/core/ids.ts';
import { instantOf } from '../../../lambdas/core/instant.ts';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import { storeObservation } from '../../../lambdas/records/store-observation.ts';
import { appendVersion } from '../../builders/append-version.ts';
import { randomText } from '../../builders/incompressible.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { observation, opportunityKey, versionOf } from '../../builders/versions.ts';
import { missingDynoxide } from '../../conformance/dynamodb-under-test.ts';
import { useQueues } from '../../conformance/queues-under-test.ts';
import { describeUnless } from '../../describe-unless.ts';
import { crashEverywhere, untilCrash } from '../../fakes/crashing.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { editItem, withValue } from '../edited-rows.ts';
import { pcrTest } from './pcr-test.ts';
import { deliveryOf, type PcrUnderTest } from './pcr-under-test.ts';

const email = 'Jane.Doe@customer.example';
const customer = 'Example Customer Ltd';
const at = '2026-03-01T11:00:00.000Z';
const nothing = { found: 0, notSearched: 0 };
const emptyParked = { count: async () => nothing, drop: async () => nothing };

/** The address is in a contact, and in the middle of a text that the model does not mark. */
function personalPayload(stage: string, minute: number, id = 'O1234567'): JsonObject {
  return {
    ...opportunityPayload({ stage, lastModifiedDate: `2026-03-01T10:0${minute}:00.000Z` }),
    Id: id,
    Customer: { Account: { CompanyName: customer }, Contacts: [{ Email: email }] },
    Unknown: { Text: `ask ${email} first` },
  };
}

const parkedBody = (id: string) => JSON.stringify({ detail: { opportunity: { identifier: id } } });

describeUnless(missingDynoxide, 'pcr erase', () => {
  const it = pcrTest();
  const queues = useQueues();
  let parkedUrl = '';
  let emptyUrl = '';

  beforeEach(async () => {
    parkedUrl = await queues.newQueue();
    emptyUrl = await queues.newQueue();
  });

  async function allTexts({ relay }: PcrUnderTest): Promise<string> {
    const found: unknown[] = [];
    for (const TableName of [relay.output('RecordsTableName'), relay.output('WebhooksTableName')])
      for await (const { Items = [] } of paginateScan({ client: relay.clients.dynamodb }, { TableName }))
        found.push(...Items.map(fromAttributes));
    const parked = await queues.receiveAll(parkedUrl);
    return JSON.stringify([found, parked.map(({ body }) => body)]).toLowerCase();
  }

  /** Stores two versions of one opportunity and one of another, and what belongs to them. */
  async function fill(pcr: PcrUnderTest): Promise<void> {
    const { output, clients } = pcr.relay;
    Object.assign(pcr.relay, {
      output: (name: string) => {
        if (name === 'OpportunityParkedQueueUrl') return parkedUrl;
        return name.endsWith('QueueUrl') ? emptyUrl : output(name);
      },
      clients: { ...clients, sqs: queues.client() },
    });
    const first = versionOf(observation({ payload: personalPayload('Prospect', 1) }));
    const second = versionOf(
      observation({ payload: personalPayload('Qualified', 2), readAt: '2026-03-01T10:02:02.000Z' }),
      first,
    );
    const key = { ...opportunityKey, id: 'O7654321' };
    const other = versionOf(observation({ key, payload: opportunityPayload({ id: 'O7654321' }) }));
    await appendVersion(pcr.relay.records, undefined, first, at);
    await appendVersion(pcr.relay.records, first, second, at);
    await appendVersion(pcr.relay.records, undefined, other, at);
    for (const version of [first, other]) {
      const delivery = deliveryOf(version, 'ep_orders');
      await pcr.store.add(delivery, at);
      const claimed = await pcr.store.claim(delivery.id, at, '2026-03-01T11:01:00.000Z');
      const attempt = {
        number: 1,
        startedAt: at,
        durationMs: 20,
        outcome: 'delivered',
        status: 200,
      } as const;
      const answer = version === first ? `thanks, ${email}` : 'thanks';
      const reason = version === first ? `redirects to https://crm.example.com/?user=${email}` : undefined;
      if (claimed) await pcr.store.settle(claimed, { ...attempt, answer, reason }, { status: 'delivered' });
    }
    await pcr.store.add(deliveryOf(second, 'ep_orders'), at, 'held');
    for (const id of ['O1234567', 'O7654321'])
      await queues
        .client()
        .send(new SendMessageCommand({ QueueUrl: parkedUrl, MessageBody: parkedBody(id) }));
  }

  const selections = [['O1234567'], ['--customer', customer.toUpperCase()], ['--email', email.toLowerCase()]];
  const counts = {
    records: expect.arrayContaining(['AWS/opportunity/O1234567']),
    deliveries: 1,
    answers: 1,
    parked: 1,
  };

  it.for(selections)('counts without --yes and changes nothing: %j', async (selection, { pcr }) => {
    await fill(pcr);
    const { code, out } = await pcr.run('erase', ...selection, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ erased: false, ...counts, versions: 2 });
    expect(await statuses(pcr)).toContain('O1234567 2 held');
    const left = await allTexts(pcr);
    for (const text of [email, customer, parkedBody('O1234567')])
      expect(left).toContain(JSON.stringify(text).slice(1, -1).toLowerCase());
  });

  it.for(selections)('removes every trace from tables and parked queues: %j', async (selection, { pcr }) => {
    await fill(pcr);
    const { code, out } = await pcr.run('erase', ...selection, '--yes', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ erased: true, ...counts, versions: 2 });
    expect(await statuses(pcr)).toEqual([
      'O1234567 1 delivered',
      'O1234567 2 cancelled erased',
      'O7654321 1 delivered',
    ]);
    const current = await pcr.relay.records.current(opportunityKey);
    expect(current).toMatchObject({ version: 3, erased: true, attributes: { stage: 'Qualified' } });
    const left = await allTexts(pcr);
    for (const text of [email, customer, 'ask ']) expect(left).not.toContain(text.toLowerCase());
    expect(left).toContain('thanks');
    expect(left).not.toContain('identifier\\":\\"o1234567');
  });

  it('names the delivery rows that it cannot search, in words', async ({ pcr }) => {
    await fill(pcr);
    const id = await deliveryIdOf(pcr, 'O7654321', 1);
    await edit(pcr, id, 'record', { N: '7' });
    const { out } = await pcr.run('erase', '--email', email, '--yes');
    expect(out).toContain('1 delivery row of table Webhooks could not be searched');
    expect(out).toContain(`  delivery#${id}: record: a number; allowed: <catalog>/<kind>/<id>`);
  });

  it.for([{ record: opportunityKey }, { customer }, { email }])(
    'names the delivery rows that it cannot search until they are repaired: %j',
    async (selection, { pcr }) => {
      await fill(pcr);
      const id = await deliveryIdOf(pcr, 'O7654321', 1);
      await edit(pcr, id, 'record', { N: '7' });
      const unreadable = [{ id, problems: ['record: a number; allowed: <catalog>/<kind>/<id>'] }];
      expect(await planErasure(selection, depsOf(pcr))).toMatchObject({ answers: 1, unreadable });
      expect(await erase(selection, depsOf(pcr))).toMatchObject({ answers: 1, unreadable });
      await edit(pcr, id, 'record', { S: 'AWS/opportunity/O7654321' });
      expect(await planErasure(selection, depsOf(pcr))).toMatchObject({ unreadable: [] });
    },
  );

  it('names a row of another record if it cannot search its answers for a text', async ({ pcr }) => {
    await fill(pcr);
    const id = await deliveryIdOf(pcr, 'O7654321', 1);
    await edit(pcr, id, 'attempts', { B: Buffer.from(email) });
    const unreadable = [{ id, problems: ['attempts: binary; allowed: a list'] }];
    expect(await planErasure({ email }, depsOf(pcr))).toMatchObject({ unreadable });
    const byRecord = await planErasure({ record: opportunityKey }, depsOf(pcr));
    expect(byRecord).toMatchObject({ unreadable: [] });
  });

  it('cancels a held delivery of the record whose version cannot be read', async ({ pcr }) => {
    await fill(pcr);
    const id = await deliveryIdOf(pcr, 'O1234567', 2);
    await edit(pcr, id, 'version', { S: 'two' });
    const erasure = await erase({ record: opportunityKey }, depsOf(pcr));
    expect(erasure).toMatchObject({ deliveries: 1, unreadable: [] });
    expect(await pcr.store.state(id)).toMatchObject({ status: 'cancelled' });
  });

  it('keeps erased what the next event of the record brings, and stores its stage', async ({ pcr }) => {
    await fill(pcr);
    await pcr.run('erase', '--email', email, '--yes');
    expect(await readAgain(pcr, 'Committed')).toMatchObject({ outcome: 'stored' });
    expect(await pcr.relay.records.current(opportunityKey)).toMatchObject({
      version: 4,
      attributes: { stage: 'Committed' },
    });
    expect(await allTexts(pcr)).not.toContain(email.toLowerCase());
  });

  it('erases a record that is stored for the first time during the erasure', async ({ pcr }) => {
    const { relay } = pcr;
    const tables = { records: relay.output('RecordsTableName'), webhooks: relay.output('WebhooksTableName') };
    const key = { ...opportunityKey, kind: 'aws-opportunity-summary' } as const;
    const version = versionOf(observation({ key, payload: { Customer: { Contacts: [{ Email: email }] } } }));
    const drop = async () => {
      expect(await appendVersion(relay.records, undefined, version, at)).toBe('stored');
      return nothing;
    };
    const rows = dynamodbErasureRows(relay.clients.dynamodb, tables);
    const { records, deliveries } = relay;
    const parked = { count: async () => nothing, drop };
    await erase({ record: opportunityKey }, { records, rows, deliveries, parked, clock: manualClock() });
    expect(await records.current(key)).toMatchObject({ version: 2, erased: true, payload: {} });
    expect(await rows.unerasedVersions(key)).toEqual([]);
  });

  it('makes the erased version due that waits for a cancelled delivery at an endpoint with order', async ({
    pcr,
  }) => {
    await fill(pcr);
    const { records, deliveries, output, clients } = pcr.relay;
    const tables = { records: output('RecordsTableName'), webhooks: output('WebhooksTableName') };
    const waiting = async () => {
      const erased = await records.current(opportunityKey);
      return deliveryOf(erased ?? versionOf(), 'ep_orders');
    };
    const clock = manualClock();
    // The retry of version 2 is due in 20 hours, so its successor waits as long.
    const cancel: EraseDeps['deliveries']['cancel'] = async (...args) => {
      const delivery = await waiting();
      await pcr.store.add(delivery, at);
      const claimed = await pcr.store.claim(delivery.id, at, '2026-03-01T11:01:00.000Z');
      const dueAt = '2026-03-02T07:00:00.000Z';
      if (claimed)
        await pcr.store.settle(claimed, undefined, { status: 'pending', dueAt, waitsFor: args[0] });
      return deliveries.cancel(...args);
    };
    const deps: EraseDeps = {
      records,
      rows: dynamodbErasureRows(clients.dynamodb, tables),
      deliveries: { ...deliveries, cancel },
      parked: emptyParked,
      clock,
    };
    await erase({ record: opportunityKey }, deps);
    expect(await pcr.store.state((await waiting()).id)).toMatchObject({
      status: 'pending',
      dueAt: instantOf(clock.nowMs()),
    });
  });

  it('says what remains where, and is safe to repeat', async ({ pcr }) => {
    await fill(pcr);
    const first = await pcr.run('erase', 'O1234567', '--yes');
    expect(first.out).toMatch(/point-in-time backups .* 35 days[^]*receivers|receivers[^]*35 days/);
    const again = await pcr.run('erase', 'O1234567', '--yes', '--json');
    expect(JSON.parse(again.out)).toMatchObject({ versions: 0, deliveries: 0, answers: 0, parked: 0 });
  });

  it('refuses no selection and two selections', async ({ pcr }) => {
    for (const args of [[], ['O1234567', '--email', email], ['--email', '']])
      expect(await pcr.run('erase', ...args, '--yes')).toMatchObject({ code: 2 });
  });

  it('finishes an erasure that was killed at any call when it is repeated', async ({ pcr }) => {
    const { records, output, clients } = pcr.relay;
    const tables = { records: output('RecordsTableName'), webhooks: output('WebhooksTableName') };
    const parked = { count: async () => nothing, drop: async () => nothing };
    let id = 5_000_000;
    const crashes = await crashEverywhere(async (process) => {
      id += 1;
      const key = { ...opportunityKey, id: `O${id}` };
      const named = personalPayload('Prospect', 1, key.id);
      const first = versionOf(observation({ key, payload: named }));
      // Only the first version has the address.
      const second = versionOf(
        observation({
          key,
          payload: opportunityPayload({ id: key.id, stage: 'Qualified', lastModifiedDate: at }),
        }),
        first,
      );
      await appendVersion(records, undefined, first, at);
      await appendVersion(records, first, second, at);
      await pcr.store.add(deliveryOf(second, 'ep_orders'), at, 'held');
      const rows = dynamodbErasureRows(clients.dynamodb, tables);
      const deps: EraseDeps = {
        records,
        rows,
        deliveries: pcr.relay.deliveries,
        parked,
        clock: manualClock(),
      };
      const wrapped = {
        ...deps,
        records: process.wrap(records),
        rows: process.wrap(rows),
        deliveries: process.wrap(deps.deliveries),
        parked: process.wrap(parked),
      };
      await untilCrash(erase({ email }, wrapped));
      await erase({ email }, deps);
      expect(await rows.unerasedVersions(key)).toEqual([]);
      expect(await statuses(pcr)).toContain(`${key.id} 2 cancelled erased`);
      expect(await records.current(key)).toMatchObject({ erased: true, version: 3 });
    });
    expect(crashes).toBeGreaterThan(8);
  });

  describe('of a record in parts', () => {
    const large = (minute: number, seed: string): JsonObject => ({
      ...personalPayload('Prospect', minute),
      Notes: [`ask ${email} first`, randomText(340_000, seed)],
    });

    /** Two versions with their changes, and the parts of a write that lost its race. */
    async function fillParts({ relay }: PcrUnderTest): Promise<void> {
      const first = versionOf(observation({ payload: large(1, 'first') }));
      const next = (seed: string) =>
        versionOf(observation({ payload: large(2, seed), readAt: '2026-03-01T10:02:02.000Z' }), first);
      await appendVersion(relay.records, undefined, first, at);
      await appendVersion(relay.records, first, next('second'), at);
      expect(await appendVersion(relay.records, first, next('lost'), at)).toBe('raced');
    }

    it.for([{ record: opportunityKey }, { customer }, { email }])(
      'leaves no part: %j',
      async (selection, { pcr }) => {
        await fillParts(pcr);
        expect(await partsOf(pcr)).toBeGreaterThan(5);
        expect(await erase(selection, depsOf(pcr))).toMatchObject({ versions: 2 });
        expect(await partsOf(pcr)).toBe(0);
        const versions = await Promise.all(
          [1, 2, 3].map((version) => pcr.relay.records.version({ ...opportunityKey, version })),
        );
        expect(JSON.stringify(versions)).not.toContain(email);
        for (const version of versions)
          expect(version).toMatchObject({ erased: true, payload: { Id: 'O1234567' } });
      },
    );

    it('is finished by a repetition after a crash at any call to the database', async ({ pcr }) => {
      const { relay } = pcr;
      const { dynamodb } = relay.clients;
      const version = versionOf(observation({ payload: large(1, 'first') }));
      const crashes = await crashEverywhere(async (process) => {
        await appendVersion(relay.records, undefined, version, at);
        const { rows } = depsOf(pcr, process.wrap(dynamodb));
        await untilCrash(erase({ record: opportunityKey }, { ...depsOf(pcr), rows }));
        expect((await relay.records.version(version))?.payload).toMatchObject({
          Id: 'O1234567',
          LifeCycle: { Stage: 'Prospect' },
        });
        await erase({ email }, depsOf(pcr));
        expect(await partsOf(pcr)).toBe(0);
        expect(await depsOf(pcr).rows.unerasedVersions(opportunityKey)).toEqual([]);
        await emptyTable(dynamodb, relay.output('RecordsTableName'));
      });
      expect(crashes).toBeGreaterThan(12);
    });
  });
});

function depsOf({ relay }: PcrUnderTest, client = relay.clients.dynamodb): EraseDeps {
  const tables = {
    records: relay.output('RecordsTableName'),
    webhooks: relay.output('WebhooksTableName'),
  };
  return {
    records: dynamodbRecordStore(client, tables.records),
    rows: dynamodbErasureRows(client, tables),
    deliveries: relay.deliveries,
    parked: emptyParked,
    clock: manualClock(),
  };
}

async function edit({ relay }: PcrUnderTest, id: DeliveryId, name: string, value: AttributeValue) {
  await editItem(relay.clients.dynamodb, relay.output('WebhooksTableName'), deliveryKey(id), (item) =>
    withValue(item, name, value),
  );
}

async function deliveryIdOf({ relay }: PcrUnderTest, recordId: string, number: number): Promise<DeliveryId> {
  for await (const { id, version } of relay.deliveries.list({ endpointId: 'ep_orders' }))
    if (version.id === recordId && version.version === number) return id;
  throw new Error(`there is no delivery of ${recordId} ${number}`);
}

async function statuses({ relay }: PcrUnderTest): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { version, status, reason = '' } of relay.deliveries.list({ endpointId: 'ep_orders' }))
    found.push(`${version.id} ${version.version} ${status} ${reason}`.trim());
  return found.toSorted();
}

/** Stores what the next read of AWS returns, where the data still is. */
function readAgain({ relay }: PcrUnderTest, stage: string) {
  const payload = personalPayload(stage, 5);
  const observed = observation({ payload, readAt: '2026-03-01T12:00:00.000Z' });
  const deps = { records: relay.records, clock: manualClock(), outboxGraceMs: 0 };
  return storeObservation(opportunityKey, undefined, () => observed, deps);
}

async function emptyTable(client: DynamoDBClient, TableName: string): Promise<void> {
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ProjectionExpression: 'pk, sk' }))
    for (const item of Items)
      await client.send(new DeleteItemCommand({ TableName, Key: toAttributes(keyIn(item)) }));
}

async function partsOf({ relay }: PcrUnderTest): Promise<number> {
  const scan = { TableName: relay.output('RecordsTableName') };
  let parts = 0;
  for await (const { Items = [] } of paginateScan({ client: relay.clients.dynamodb }, scan))
    parts += Items.filter(({ part }) => part !== undefined).length;
  return parts;
}
