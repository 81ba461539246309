import { beforeEach, expect, it } from 'vitest';
import { currentItemKey, versionItemKey } from '../../lambdas/core/tables.ts';
import type { Version } from '../../lambdas/core/version.ts';
import { endpoint } from '../builders/endpoints.ts';
import { missingDynoxide, useDynamoDb } from '../conformance/dynamodb-under-test.ts';
import { describeUnless } from '../describe-unless.ts';
import { editedWorld, editItem, withValue, wrongValues } from './edited-rows.ts';
import { deliveryOf, type PcrUnderTest, pcrOn, storeOpportunities } from './pcr/pcr-under-test.ts';

const attributes = [
  'catalog',
  'kind',
  'id',
  'version',
  'messageId',
  'previousMessageId',
  'contentHash',
  'statusRank',
  'lastModifiedAt',
  'readAt',
  'title',
  'stage',
  'payload',
  'changes',
  'tombstone',
  'redacted',
  'erased',
  'links',
  'solutions',
  'announcedExpiration',
  'waitsSince',
  'announcedReminders',
  'type',
  'topics',
  'cause',
  'occurredAt',
  'intentDueAt',
  'outbox',
  'outboxDueAt',
];

const outboxed = { outbox: { S: 'pending' }, outboxDueAt: { S: '2026-03-01T10:30:00.000Z' } };

describeUnless(missingDynoxide, 'a row of table Records that was edited by hand', () => {
  const engine = useDynamoDb('dynoxide');
  let pcr: PcrUnderTest;
  let world: ReturnType<typeof editedWorld>;
  let versions: readonly Version[];
  const records = () => pcr.relay.output('RecordsTableName');

  beforeEach(async () => {
    pcr = await pcrOn(engine, [endpoint()]);
    world = editedWorld(engine.client(), {
      records: records(),
      webhooks: pcr.relay.output('WebhooksTableName'),
    });
    versions = await storeOpportunities(pcr.relay, wrongValues.length + 2, 1);
    for (const version of versions)
      await editItem(engine.client(), records(), versionItemKey(version), (item) => ({
        ...item,
        ...outboxed,
      }));
  });

  const edit = (index: number, name: string, value: (typeof wrongValues)[number][1]) => {
    const version = versions[index];
    if (!version) throw new Error('there are fewer versions than values');
    return editItem(engine.client(), records(), versionItemKey(version), (item) =>
      withValue(item, name, value),
    );
  };

  it.each(attributes)('is worked on at most once, and reported, with any value in %s', async (name) => {
    const edited: Version[] = [];
    for (const [index, [, value]] of wrongValues.entries())
      if (await edit(index, name, value)) edited.push(...versions.slice(index, index + 1));
    await world.sweep(5);
    expect(world.failures.map(String)).toEqual([]);
    for (const version of versions) {
      const { id } = deliveryOf(version, 'ep_orders');
      const timesFannedOut = world.signalledVersions.filter((each) => each.id === version.id).length;
      const timesDelivered = world.signalledDeliveries.filter((each) => each === id).length;
      expect(Math.max(timesFannedOut, timesDelivered)).toBeLessThanOrEqual(1);
    }
    expect(world.parked.parked).toEqual([]);
    for (const version of versions.slice(wrongValues.length))
      expect(await pcr.store.state(deliveryOf(version, 'ep_orders').id)).toMatchObject({
        status: 'delivered',
      });
    const rows = await pcr.run('rows', 'list', '--scan', '--json');
    expect(rows).toMatchObject({ code: 0, err: '' });
    const sent = new Set<string>();
    for await (const { version, status } of pcr.relay.deliveries.list({ endpointId: 'ep_orders' }))
      if (status === 'delivered') sent.add(version.id);
    for (const { id } of edited) if (!sent.has(id)) expect(rows.out).toContain(`AWS/opportunity/${id}`);
    const history = await pcr.run('opportunities', 'history', versions[0]?.id ?? '', '--json');
    expect(history).toMatchObject({ code: 0, err: '' });
  });

  it('is fanned out after it was repaired and made due again', async () => {
    await edit(0, 'topics', { S: 'opportunity.created' });
    await world.sweep(2);
    expect(world.log.of('row.excluded')).toMatchObject([
      {
        record: 'AWS/opportunity/O1000001',
        version: 1,
        problems: ['topics: a text; allowed: a list of texts'],
      },
    ]);
    expect(world.counts().fanOut).toMatchObject({ RowsUnreadable: 1 });
    const row = ['AWS/opportunity/O1000001', 'version#0000000001'];
    const refused = await pcr.run('rows', 'retry', ...row);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain('was not changed: topics: a text; allowed: a list of texts');
    await edit(0, 'topics', { L: [{ S: 'opportunity.created' }] });
    expect(await pcr.run('rows', 'retry', ...row)).toMatchObject({ code: 0 });
    // The command makes it due by the real clock.
    world.clock.advance(Date.now() - world.clock.nowMs() + 60_000);
    await world.sweep(2);
    const [version] = versions;
    const id = version && deliveryOf(version, 'ep_orders').id;
    expect(id && (await pcr.store.state(id))).toMatchObject({ status: 'delivered' });
    expect((await pcr.run('rows', 'list')).err).toBe('No invalid rows.');
  });

  it('sets the deliveries of a version aside whose content is unreadable, and spends no attempt', async () => {
    await edit(0, 'payload', { S: 'text' });
    await world.sweep(3);
    const { out } = await pcr.run('deliveries', 'list', '--status', 'unreadable', '--json');
    expect(JSON.parse(out)).toMatchObject([{ attemptNumber: 0, reason: expect.stringContaining('payload') }]);
    expect(world.counts().deliver).toMatchObject({ RowsUnreadable: 1 });
  });

  it('is listed with a marker, and the other records as usual', async () => {
    const [version] = versions;
    if (!version) throw new Error('there is a version');
    // A list prints the summary, any other command the record.
    await editItem(engine.client(), records(), currentItemKey(version), (item) =>
      withValue(withValue(item, 'version', { S: 'one' }), 'summary', { M: { version: { S: 'one' } } }),
    );
    const { code, out } = await pcr.run('opportunities', 'list', '--limit', '100');
    expect(code).toBe(0);
    expect(out).toMatch(/^O1000001 .*version: a text; allowed: a number;/m);
    for (const { id } of versions) expect(out).toContain(id);
    const printed = await pcr.run('opportunities', 'show', 'O1000001');
    expect(printed).toMatchObject({ code: 1, out: '' });
    expect(printed.err).toContain('version: a text; allowed: a whole number from 1');
  });

  it('keeps its place in the history with a marker', async () => {
    await edit(0, 'type', { N: '3' });
    const { code, out } = await pcr.run('opportunities', 'history', 'O1000001');
    expect(code).toBe(0);
    expect(out).toContain('unreadable: type: a number; allowed: a type of message');
  });
});
