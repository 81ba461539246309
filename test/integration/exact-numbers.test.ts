import { ExecuteStatementCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbDeliveryStore } from '../../lambdas/adapters/dynamodb-delivery-store.ts';
import { dynamodbRecordStore } from '../../lambdas/adapters/dynamodb-record-store.ts';
import { httpsWebhookTransport } from '../../lambdas/adapters/https-webhook-transport.ts';
import type { Endpoint } from '../../lambdas/core/endpoint.ts';
import { type Instant, instantOf } from '../../lambdas/core/instant.ts';
import type { RecordKey } from '../../lambdas/core/record.ts';
import { currentItemKey } from '../../lambdas/core/tables.ts';
import { deliver } from '../../lambdas/deliver/deliver.ts';
import { fanOut } from '../../lambdas/fan-out/fan-out.ts';
import { storeObservation } from '../../lambdas/records/store-observation.ts';
import { Receiver } from '../../local/receiver.ts';
import { endpoint, webhook } from '../builders/endpoints.ts';
import { observation } from '../builders/versions.ts';
import { missingDynoxide, useDynamoDb } from '../conformance/dynamodb-under-test.ts';
import { usePartnerCentral } from '../conformance/partner-central-under-test.ts';
import { describeUnless } from '../describe-unless.ts';
import { manualClock } from '../fakes/manual-clock.ts';
import { recordedMetrics } from '../fakes/recorded-metrics.ts';
import { deliverWorld, secret } from '../unit/deliver/deliver-world.ts';
import { pcrOn } from './pcr/pcr-under-test.ts';

/** Numbers that JavaScript changes, and that DynamoDB can hold. */
const heldByDynamoDb = [
  '9007199254740993',
  '-9007199254740993',
  '12345678901234567890',
  '99999999999999999999999999999999999999',
  '-12345678901234567890.123456789012345678',
  '0.1000000000000000055511151231257827',
] as const;

/** Numbers that DynamoDB cannot hold either. */
const heldByNothing = [
  '1e400',
  '-1E+400',
  '10.5e399',
  '1e-200',
  '1e-400',
  '1234567890123456789012345678901234567890',
  '0.12345678901234567890123456789012345678901',
] as const;

/** Numbers that JavaScript holds. They are written in its form. */
const ordinary = [
  ['1E2', '100'],
  ['1.10', '1.1'],
  ['-0', '0'],
  ['9007199254740992', '9007199254740992'],
  ['1e22', '1e+22'],
  ['5e-324', '5e-324'],
] as const;

const digit = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
const digits = (mostDigits: number) =>
  fc.string({ unit: fc.constantFrom(...digit), minLength: 1, maxLength: mostDigits });
const anyNumber = fc
  .tuple(
    fc.constantFrom('', '-'),
    digits(45).map((text) => text.replace(/^0+(?=\d)/, '')),
    fc.option(digits(45), { nil: undefined }),
    fc.option(fc.tuple(fc.constantFrom('e', 'E', 'e-', 'E+'), fc.integer({ min: 0, max: 420 })), {
      nil: undefined,
    }),
  )
  .map(([sign, whole, fraction, exponent]) =>
    [sign, whole, fraction === undefined ? '' : `.${fraction}`, ...(exponent ?? [])].join(''),
  );

function keyOf(id: string): RecordKey {
  return { catalog: 'AWS', kind: 'opportunity', id };
}

/** Compares two numbers in JSON by whole numbers of any size. */
function isSameValue(one: string, other: string): boolean {
  const least = Math.min(decimalsOf(one), decimalsOf(other));
  return unitsOf(one, least) === unitsOf(other, least);
}

function decimalsOf(text: string): number {
  const [digitsText = '', exponent = '0'] = text.toLowerCase().split('e');
  return Number(exponent) - (digitsText.split('.')[1] ?? '').length;
}

function unitsOf(text: string, decimals: number): bigint {
  const [digitsText = ''] = text.toLowerCase().split('e');
  return BigInt(digitsText.replace('.', '')) * 10n ** BigInt(decimalsOf(text) - decimals);
}

describeUnless(missingDynoxide, 'promise 5: numbers that JavaScript cannot hold', () => {
  const engine = useDynamoDb('dynoxide');
  const partnerCentral = usePartnerCentral();

  /** Partner Central, the tables, and a receiver, with real requests between them. */
  async function stack(parts: Partial<Endpoint> = {}) {
    const client = engine.client();
    const recordsTable = await engine.emptyRecordTable();
    const receiver = new Receiver(secret);
    const url = await receiver.start();
    onTestFinished(() => receiver.stop());
    let answer = '';
    const api = await partnerCentral.withServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
    });
    const world = {
      ...(await deliverWorld()),
      records: dynamodbRecordStore(client, recordsTable),
      deliveries: dynamodbDeliveryStore(client, await engine.emptyWebhookTable()),
      transport: httpsWebhookTransport({ network: 'loopback', allowedCidrs: [] }),
      clock: manualClock(instantOf(Date.now())),
    };
    world.endpoints.put(endpoint({ destination: webhook({ url }), ...parts }));
    const fanOutDeps = {
      ...world,
      endpoints: () => world.endpoints.all(),
      metrics: recordedMetrics<never>(),
    };
    return {
      client,
      recordsTable,
      records: world.records,
      /** The bodies that were received. The receiver has verified their signatures. */
      received: () => {
        expect(receiver.refused).toEqual([]);
        return receiver.receipts.map(({ body }) => body);
      },
      /** Answers a read with these members, stores what was read, and sends it. */
      read: async (id: string, members: string, readAt: Instant = '2026-03-01T10:00:00.000Z') => {
        answer = `{"Id":"${id}","LastModifiedDate":"2026-03-01T09:00:00Z",${members}}`;
        const key = keyOf(id);
        const payload = await api.getOpportunity('AWS', id);
        const deps = { records: world.records, clock: world.clock, outboxGraceMs: 0 };
        const known = await world.records.current(key);
        const observe = () => observation({ key, payload, readAt });
        const { outcome } = await storeObservation(key, known, observe, deps);
        const current = await world.records.current(key);
        if (outcome === 'stored' && current) await fanOut(current, fanOutDeps);
        world.clock.advance(1);
        for (const due of await world.deliveries.due(instantOf(world.clock.nowMs()), 100))
          await deliver(due.id, world);
        return outcome;
      },
      itemOf: async (id: string) => {
        const input = { TableName: recordsTable, Key: toAttributes(currentItemKey(keyOf(id))) };
        return (await client.send(new GetItemCommand(input))).Item ?? {};
      },
    };
  }

  it.each(heldByDynamoDb)(
    'stores %s as a number of DynamoDB, signs it and sends it with every digit',
    async (number) => {
      const { read, received, itemOf } = await stack();
      expect(await read('O1', `"Amount":${number},"List":[{"Inner":${number}}]`)).toBe('stored');
      expect((await itemOf('O1'))['payload']?.M?.['Amount']).toEqual({ N: number });
      expect(received().join()).toContain(`"List":[{"Inner":${number}}]`);
      expect(received().join()).toContain(`"Amount":${number},`);
    },
  );

  it.each(heldByNothing)('stores %s packed and sends it as AWS wrote it', async (number) => {
    const { read, received, itemOf } = await stack();
    expect(await read('O1', `"Amount":${number}`)).toBe('stored');
    expect(Object.keys(await itemOf('O1'))).toContain('packed');
    expect(received().join()).toContain(`"Amount":${number},`);
  });

  it.each(ordinary)('sends %s as %s, which is the same number', async (number, sent) => {
    const { read, received } = await stack();
    await read('O1', `"Amount":${number}`);
    expect(received().join()).toContain(`"Amount":${sent},`);
  });

  it('sends the exact value of every number that Partner Central returns', async () => {
    const { read, received, records } = await stack();
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anyNumber, { minLength: 1, maxLength: 4 }), async (numbers) => {
        count += 1;
        const id = `O${count}`;
        const members = `"Numbers":[${numbers.join()}]`;
        expect(await read(id, members)).toBe('stored');
        const sent = /"Numbers":\[(.*?)\]/.exec(received().at(-1) ?? '')?.[1]?.split(',') ?? [];
        expect(sent).toHaveLength(numbers.length);
        for (const [index, number] of numbers.entries())
          expect(isSameValue(sent[index] ?? '', number), `${number} as ${sent[index]}`).toBe(true);
        // What was read back from the table is the same as what AWS sends again.
        expect(await read(id, members, '2026-03-01T11:00:00.000Z')).toBe('unchanged');
        const current = await records.current({ catalog: 'AWS', kind: 'opportunity', id });
        expect(current?.version).toBe(1);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['9007199254740992', '9007199254740993'],
    ['12345678901234567890', '12345678901234567891'],
    ['1e400', '1e401'],
  ])('stores a new version if %s has changed to %s', async (before, after) => {
    const { read, received } = await stack();
    await read('O1', `"Amount":${before}`);
    expect(await read('O1', `"Amount":${after}`, '2026-03-01T11:00:00.000Z')).toBe('stored');
    expect(received().at(-1)).toContain(`"changes":[{"path":"/Amount","before":${before},"after":${after}}]`);
  });

  it.each([
    ['12345678901234567890', '1234567890123456789e1'],
    ['12345678901234567890.5', '12345678901234567890.50'],
    ['1e400', '10E399'],
  ])('stores no new version if %s is written as %s', async (before, after) => {
    const { read } = await stack();
    await read('O1', `"Amount":${before}`);
    expect(await read('O1', `"Amount":${after}`, '2026-03-01T11:00:00.000Z')).toBe('unchanged');
  });

  it('names no change for a number that AWS writes in another form', async () => {
    const { read, received } = await stack();
    await read('O1', '"Amount":1e400,"Title":"a"');
    await read('O1', '"Amount":10e399,"Title":"b"', '2026-03-01T11:00:00.000Z');
    expect(received().at(-1)).toContain('"changes":[{"path":"/Title","before":"a","after":"b"}]');
  });

  it.each([
    [['>', 9_007_199_254_740_991], '9007199254740993', 1],
    [['<', 9_007_199_254_740_991], '9007199254740993', 0],
    [['>', 0.1], '0.1000000000000000055511151231257827', 1],
    [['=', 0.1], '0.1000000000000000055511151231257827', 0],
    [['>', 5, '<', 9_000_000_000_000], '1e400', 0],
    [['<', 0], '-1e400', 1],
  ])('compares exactly in a filter: numeric %j, the number %s', async (numeric, number, messages) => {
    const { read, received } = await stack({
      filter: { data: { record: { Amounts: { Amount: [{ numeric }] } } } },
    });
    await read('O1', `"Amounts":[{"Amount":${number}},{"Other":1}]`);
    expect(received()).toHaveLength(messages);
  });

  it('finds a record by the exact value of a number, with PartiQL', async () => {
    const { read, client, recordsTable } = await stack();
    await read('O1', '"Amount":12345678901234567890');
    await read('O2', '"Amount":12345678901234567891');
    const statement = `SELECT id FROM "${recordsTable}" WHERE sk = 'current' AND payload.Amount = 12345678901234567891`;
    const { Items } = await client.send(new ExecuteStatementCommand({ Statement: statement }));
    expect(Items).toEqual([{ id: { S: 'O2' } }]);
  });

  it('prints every digit with pcr opportunities show, as text and as JSON', async () => {
    const pcr = await pcrOn(engine, []);
    const { read } = await stack();
    await read('O1', '"Amount":12345678901234567890,"Limit":[9007199254740993]');
    for (const options of [[], ['--json']]) {
      const { code, out } = await pcr.run('opportunities', 'show', 'O1', ...options);
      expect(code).toBe(0);
      expect(out).toMatch(/"Amount": 12345678901234567890\b/);
      expect(out).toMatch(/"Limit": \[\n +9007199254740993\n +\]/);
    }
  });
});
