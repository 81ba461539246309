import { beforeEach, expect, it } from 'vitest';
import { dynamodbRecordIndex } from '../../lambdas/adapters/dynamodb-record-index.ts';
import { dynamodbRecordStore } from '../../lambdas/adapters/dynamodb-record-store.ts';
import { instantOf } from '../../lambdas/core/instant.ts';
import { recordPath } from '../../lambdas/core/record.ts';
import { currentItemKey } from '../../lambdas/core/tables.ts';
import { ifReadable } from '../../lambdas/core/unreadable.ts';
import type { Version } from '../../lambdas/core/version.ts';
import type { RecordStore } from '../../lambdas/ports/record-store.ts';
import { setRecordAside } from '../../lambdas/records/set-record-aside.ts';
import { appendVersion } from '../builders/append-version.ts';
import { opportunityEvent } from '../builders/events.ts';
import { invitationPayload } from '../builders/invitation-payloads.ts';
import { opportunityPayload } from '../builders/payloads.ts';
import { invitationKey, observation, opportunityKey, versionOf } from '../builders/versions.ts';
import { missingDynoxide, useDynamoDb } from '../conformance/dynamodb-under-test.ts';
import { describeUnless } from '../describe-unless.ts';
import {
  type HydrationWorld,
  hydrateOpportunities,
  hydrationWorld,
  queued,
} from '../unit/hydrate/hydration-world.ts';
import { hourMs, type ReconcileWorld, reconcileWorld, runAfter } from '../unit/reconcile/reconcile-world.ts';
import { editedWorld, editItem, withValue, wrongValues } from './edited-rows.ts';
import { type PcrUnderTest, pcrOn, storeOpportunities } from './pcr/pcr-under-test.ts';

const attributes = [
  'catalog',
  'kind',
  'id',
  'version',
  'messageId',
  'contentHash',
  'statusRank',
  'lastModifiedAt',
  'readAt',
  'title',
  'stage',
  'payload',
  'packed',
  'payloadParts',
  'tombstone',
  'redacted',
  'erased',
  'links',
  'solutions',
  'announcedExpiration',
  'waitsSince',
  'announcedReminders',
  'certainFrom',
  'listedAs',
  'catalogKind',
  'modifiedAt',
  'catalogKindStatus',
  'intentDueAt',
  'outbox',
  'outboxDueAt',
];

describeUnless(missingDynoxide, 'a current item that was edited by hand', () => {
  const engine = useDynamoDb('dynoxide');
  let pcr: PcrUnderTest;
  let records: RecordStore;
  let hydration: HydrationWorld;
  let reconciliation: ReconcileWorld;
  let versions: readonly Version[];
  const table = () => pcr.relay.output('RecordsTableName');

  beforeEach(async () => {
    pcr = await pcrOn(engine, []);
    records = dynamodbRecordStore(engine.client(), table());
    hydration = hydrationWorld();
    reconciliation = reconcileWorld();
    versions = await storeOpportunities(pcr.relay, wrongValues.length + 2, 1);
    for (const { id, payload } of versions) {
      hydration.partnerCentral.answer('GetOpportunity', id, payload);
      reconciliation.partnerCentral.put('opportunities', payload);
    }
  });

  const edit = (index: number, name: string, value: (typeof wrongValues)[number][1]) => {
    const version = versions[index];
    if (!version) throw new Error('there are fewer records than values');
    return editItem(engine.client(), table(), currentItemKey(version), (item) =>
      withValue(item, name, value),
    );
  };

  /** One pass an hour later, and the work on what it finds. */
  const pass = async (event: { full?: true } = {}) => {
    const index = dynamodbRecordIndex(engine.client(), table());
    await runAfter(
      { ...reconciliation, index, records: { ...reconciliation.records, ...records } },
      hourMs,
      event,
    );
    hydration.clock.set(instantOf(reconciliation.clock.nowMs()));
    const bodies = reconciliation.queues.opportunity.takeAll();
    await hydrateOpportunities(
      hydration,
      bodies.map((body) => queued(body)),
      { records },
    );
    return bodies.length;
  };

  /** Paths of the records whose current item cannot be read. */
  const findUnreadable = async () => {
    const states = await Promise.all(versions.map((version) => ifReadable(() => records.current(version))));
    return versions.filter((_, index) => !states[index]).map(recordPath);
  };

  it.each(attributes)(
    'is read in vain once, reported once, and listed, with any value in %s',
    async (name) => {
      for (const [index, [, value]] of wrongValues.entries()) await edit(index, name, value);
      const unreadable = await findUnreadable();
      await pass({ full: true });
      expect(hydration.metrics.totals()['FindingsRefused'] ?? 0).toBe(unreadable.length);
      const sent = [await pass(), await pass({ full: true })];
      const readable = versions.length - unreadable.length;
      expect(Math.max(...sent)).toBeLessThanOrEqual(readable);
      expect(await findUnreadable()).toEqual(unreadable);
      const { FindingsRefused = 0, RowsUnreadable = 0, RecordsUnchanged = 0 } = hydration.metrics.totals();
      expect([FindingsRefused, RowsUnreadable]).toEqual([unreadable.length, unreadable.length]);
      expect(RecordsUnchanged).toBeGreaterThanOrEqual(2);
      expect(
        hydration.log
          .of('row.excluded')
          .map(({ record }) => String(record))
          .toSorted(),
      ).toEqual(unreadable);
      const { out } = await pcr.run('rows', 'list', '--json');
      const listed: readonly { pk: string; sk: string }[] = out === '' ? [] : JSON.parse(out);
      expect(listed.map(({ pk, sk }) => `${pk} ${sk}`).toSorted()).toEqual(
        unreadable.map((path) => `${path} current`),
      );
      const world = editedWorld(engine.client(), {
        records: table(),
        webhooks: pcr.relay.output('WebhooksTableName'),
      });
      await world.sweep(1);
      expect([world.signalledVersions, world.failures]).toEqual([[], []]);
    },
  );

  it('is compared and read again after it was repaired and its mark was removed', async () => {
    await edit(0, 'statusRank', { S: 'high' });
    await pass({ full: true });
    const row = ['AWS/opportunity/O1000001', 'current'];
    expect((await pcr.run('rows', 'retry', ...row)).err).toContain('was not changed: statusRank: a text');
    await edit(0, 'statusRank', { N: '0' });
    expect(await pass({ full: true })).toBe(versions.length - 1);
    const retried = await pcr.run('rows', 'retry', ...row);
    expect(retried).toMatchObject({ code: 0, err: '' });
    expect(retried.out).toContain('AWS/opportunity/O1000001 is compared with Partner Central again.');
    expect(await pass({ full: true })).toBe(versions.length);
    expect((await pcr.run('rows', 'list')).err).toBe('No invalid rows.');
    expect((await pcr.run('rows', 'retry', ...row)).err).toContain('it is not set aside');
  });

  it('is set aside if it is that of a summary, and the opportunity is stored all the same', async () => {
    const [version] = versions;
    if (!version) throw new Error('there is a version');
    const key = { ...opportunityKey, id: version.id };
    const summaryKey = { ...key, kind: 'aws-opportunity-summary' } as const;
    const summary = versionOf(observation({ key: summaryKey, payload: { Catalog: 'AWS' } }));
    await appendVersion(records, undefined, summary, '2026-03-01T10:30:00.000Z');
    await editItem(engine.client(), table(), currentItemKey(summaryKey), (item) =>
      withValue(item, 'contentHash', { N: '3' }),
    );
    const payload = opportunityPayload({ id: version.id, lastModifiedDate: '2026-03-01T11:00:00.000Z' });
    hydration.partnerCentral.answer('GetOpportunity', version.id, payload);
    const event = opportunityEvent({ opportunityId: version.id, time: '2026-03-01T11:00:00Z' });
    hydration.clock.set('2026-03-01T11:00:05.000Z');
    for (let times = 0; times < 2; times += 1)
      await hydrateOpportunities(hydration, [queued(event)], { records });
    expect(await records.current(key)).toMatchObject({ version: 2, payload });
    expect(hydration.queue.parked).toHaveLength(2);
    expect(hydration.metrics.totals()).toMatchObject({ RowsUnreadable: 1 });
    expect(hydration.log.of('row.excluded')).toMatchObject([{ record: recordPath(summaryKey) }]);
  });

  it('is set aside by the pass over the expirations too, once', async () => {
    const payload = invitationPayload({ expirationDate: '2026-03-02T10:00:00.000Z' });
    const version = versionOf(observation({ key: invitationKey, payload }));
    await appendVersion(records, undefined, version, '2026-03-01T10:30:00.000Z');
    await editItem(engine.client(), table(), currentItemKey(invitationKey), (item) =>
      withValue(item, 'contentHash', { N: '3' }),
    );
    await pass();
    await pass();
    expect(reconciliation.metrics.totals()).toMatchObject({ RowsUnreadable: 1 });
    expect(reconciliation.log.of('row.excluded')).toMatchObject([
      { record: recordPath(invitationKey), problems: ['contentHash: a number; allowed: a text'] },
    ]);
  });

  it('is not set aside by a worker that read it before it was repaired', async () => {
    const [version] = versions;
    if (!version) throw new Error('there is a version');
    const deps = { ...hydration, records };
    await edit(0, 'statusRank', { S: 'high' });
    const error: unknown = await records.current(version).catch((reason: unknown) => reason);
    await edit(0, 'statusRank', { N: '0' });
    await setRecordAside(error, deps);
    expect((await pcr.run('rows', 'list')).err).toBe('No invalid rows.');
    await edit(0, 'statusRank', { S: 'high' });
    await setRecordAside(error, deps);
    expect((await pcr.run('rows', 'list')).out).toContain('AWS/opportunity/O1000001');
    expect(hydration.log.of('row.excluded')).toHaveLength(1);
  });
});
