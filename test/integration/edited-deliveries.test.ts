import { beforeEach, expect, it } from 'vitest';
import { rowsReadable } from '../../bin/pcr/doctor/work-checks.ts';
import { deliveryKey } from '../../lambdas/adapters/delivery-item.ts';
import { systemClock } from '../../lambdas/adapters/system-clock.ts';
import { systemRandom } from '../../lambdas/adapters/system-random.ts';
import type { DeliveryId } from '../../lambdas/core/ids.ts';
import { endpoint } from '../builders/endpoints.ts';
import { stackPartsOf } from '../builders/stack-parts.ts';
import { missingDynoxide, useDynamoDb } from '../conformance/dynamodb-under-test.ts';
import { describeUnless } from '../describe-unless.ts';
import { editedWorld, editItem, withValue, wrongValues } from './edited-rows.ts';
import { deliveryOf, type PcrUnderTest, pcrOn, storeOpportunities } from './pcr/pcr-under-test.ts';

const attributes = [
  'id',
  'messageId',
  'previousMessageId',
  'endpointId',
  'record',
  'version',
  'correlationId',
  'wanted',
  'status',
  'attemptNumber',
  'attempts',
  'createdAt',
  'due',
  'dueAt',
  'expiresAtEpochSeconds',
  'reason',
  'waitsFor',
  'replayId',
];

const settings = () => Promise.reject(new Error('this check needs no settings'));

describeUnless(missingDynoxide, 'a delivery row that was edited by hand', () => {
  const engine = useDynamoDb('dynoxide');
  let pcr: PcrUnderTest;
  let world: ReturnType<typeof editedWorld>;
  let ids: readonly DeliveryId[];
  const webhooks = () => pcr.relay.output('WebhooksTableName');

  beforeEach(async () => {
    pcr = await pcrOn(engine, [endpoint()]);
    world = editedWorld(engine.client(), {
      records: pcr.relay.output('RecordsTableName'),
      webhooks: webhooks(),
    });
    const versions = await storeOpportunities(pcr.relay, wrongValues.length + 2, 1);
    const deliveries = versions.map((version) => deliveryOf(version, 'ep_orders'));
    for (const delivery of deliveries) await pcr.store.add(delivery, '2026-03-01T10:00:00.000Z');
    ids = deliveries.map(({ id }) => id);
  });

  it.each(attributes)('is worked on at most once, and reported, with any value in %s', async (name) => {
    const edited: DeliveryId[] = [];
    for (const [index, [, value]] of wrongValues.entries()) {
      const id = ids[index];
      if (!id) throw new Error('there are fewer deliveries than values');
      const isEdited = await editItem(engine.client(), webhooks(), deliveryKey(id), (item) =>
        withValue(item, name, value),
      );
      if (isEdited) edited.push(id);
    }
    await world.sweep(5);
    expect(world.failures.map(String)).toEqual([]);
    const timesSignalled = ids.map((id) => world.signalledDeliveries.filter((each) => each === id).length);
    expect(Math.max(...timesSignalled)).toBe(1);
    expect(world.parked.parked).toEqual([]);
    expect(new Set(world.posts).size).toBe(world.posts.length);

    const listed = await pcr.run('deliveries', 'list', '--json', '--limit', '100');
    expect(listed).toMatchObject({ code: 0 });
    for (const id of ids.slice(wrongValues.length)) expect(listed.out).toContain(id);

    // What was neither sent nor listed as it is, is named by its key.
    const rows = await pcr.run('rows', 'list', '--scan', '--json');
    expect(rows).toMatchObject({ code: 0, err: '' });
    for (const id of edited) {
      const isSent = (await pcr.store.state(id).catch(() => undefined))?.status === 'delivered';
      if (!isSent) expect(rows.out).toContain(`delivery#${id}`);
    }
    const reported = world.log.of('row.excluded').map(({ deliveryId }) => deliveryId);
    expect(new Set(reported).size).toBe(reported.length);
    expect(world.counts().deliver['RowsUnreadable'] ?? 0).toBe(reported.length);
  });

  const edit = (name: string, value: (typeof wrongValues)[number][1], index = 0) =>
    editItem(engine.client(), webhooks(), deliveryKey(ids[index] ?? 'dlv_'), (item) =>
      withValue(item, name, value),
    );

  it('is listed with a marker and the attributes that are wrong, and the others as usual', async () => {
    await edit('attemptNumber', { S: 'three' });
    await world.sweep(2);
    const { code, out } = await pcr.run('deliveries', 'list', '--status', 'unreadable');
    expect(code).toBe(0);
    expect(out).toContain(`${ids[0]}  unreadable  ep_orders`);
    expect(out).toContain('attemptNumber: a text; allowed: a whole number from 0 to 1000000');
    expect(out).not.toContain('three');
    const all = await pcr.run('deliveries', 'list', '--status', 'delivered', '--limit', '100');
    for (const id of ids.slice(1)) expect(all.out).toContain(id);
    expect((await pcr.run('deliveries', 'show', ids[0] ?? '')).out).toMatch(
      /^Unreadable: +attemptNumber: a text/m,
    );
  });

  it('is sent after it was repaired and made due again', async () => {
    await edit('attemptNumber', { S: 'three' });
    await world.sweep(1);
    const row = [`delivery#${ids[0]}`, 'delivery'];
    const refused = await pcr.run('rows', 'retry', ...row);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain('was not changed: attemptNumber: a text; allowed: a whole number');
    await edit('attemptNumber', { N: '3' });
    expect((await pcr.run('rows', 'list')).out).toContain('readable: use `pcr rows retry`');
    expect(await pcr.run('rows', 'retry', ...row)).toMatchObject({ code: 0 });
    expect(pcr.signalled).toEqual([ids[0]]);
    // The command makes it due by the real clock.
    world.clock.advance(Date.now() - world.clock.nowMs() + 60_000);
    await world.sweep(1);
    expect(await pcr.store.state(ids[0] ?? 'dlv_')).toMatchObject({ status: 'delivered' });
    expect((await pcr.run('rows', 'list')).err).toBe('No invalid rows.');
  });

  it('is named by pcr doctor until it is repaired', async () => {
    const io = { clock: systemClock, random: systemRandom };
    const check = () => rowsReadable.run({ relay: pcr.relay, settings, parts: stackPartsOf(), io });
    expect(await check()).toEqual([{ level: 'ok', found: 'No row was set aside as unreadable.' }]);
    await edit('messageId', { L: [] });
    await world.sweep(1);
    expect(await check()).toEqual([
      {
        level: 'problem',
        found: `The row delivery#${ids[0]} delivery of table Webhooks is set aside: messageId: a list; allowed: msg_ and 32 hexadecimal digits.`,
        advice: `Repair it in the table, then \`pcr rows retry 'delivery#${ids[0]}' 'delivery'\`.`,
      },
    ]);
  });

  it.each(['tomorrow', '9999-12-31T23:59:59.999Z'])(
    'is found without a scan if it is due at %s, because no worker finds it',
    async (dueAt) => {
      await edit('dueAt', { S: dueAt });
      await world.sweep(1);
      const { out } = await pcr.run('rows', 'list', '--json');
      expect(JSON.parse(out)).toMatchObject([
        { table: 'Webhooks', pk: `delivery#${ids[0]}`, problems: expect.stringContaining('dueAt: ') },
      ]);
    },
  );

  it('does not stop the delivery of the next version of its record', async () => {
    const [first, second] = await storeOpportunities(pcr.relay, 1, 2);
    if (!first || !second) throw new Error('two versions are stored');
    await pcr.relay.endpoints.add(endpoint({ id: 'ep_ordered', ordering: 'per-record' }));
    const a = deliveryOf(first, 'ep_ordered');
    const b = { ...deliveryOf(second, 'ep_ordered'), previousMessageId: a.messageId };
    for (const each of [a, b]) await pcr.store.add(each, '2026-03-01T10:00:00.000Z');
    await editItem(engine.client(), webhooks(), deliveryKey(a.id), (item) =>
      withValue(item, 'version', { S: 'one' }),
    );
    await world.sweep(3);
    expect(await pcr.store.state(a.id)).toMatchObject({ status: 'unreadable' });
    expect(await pcr.store.state(b.id)).toMatchObject({ status: 'delivered' });
    expect(world.log.of('delivery.gap-passed')).toMatchObject([{ version: 1, status: 'unreadable' }]);
  });
});
