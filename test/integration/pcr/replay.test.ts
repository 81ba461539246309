import { describe, expect, onTestFinished } from 'vitest';
import { httpsWebhookTransport } from '../../../lambdas/adapters/https-webhook-transport.ts';
import type { MessageId } from '../../../lambdas/core/ids.ts';
import { instantOf } from '../../../lambdas/core/instant.ts';
import { newLine } from '../../../lambdas/core/line.ts';
import type { Version } from '../../../lambdas/core/version.ts';
import { deliver } from '../../../lambdas/deliver/deliver.ts';
import { Receiver } from '../../../local/receiver.ts';
import { appendVersion } from '../../builders/append-version.ts';
import { acceptanceOf, lineKey } from '../../builders/commands.ts';
import { endpoint, webhook } from '../../builders/endpoints.ts';
import { incompressibleOpportunity } from '../../builders/incompressible.ts';
import { observation, opportunityKey, versionOf } from '../../builders/versions.ts';
import { missingDynoxide } from '../../conformance/dynamodb-under-test.ts';
import { describeUnless } from '../../describe-unless.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { deliverWorld, secret } from '../../unit/deliver/deliver-world.ts';
import { pcrTest } from './pcr-test.ts';
import { deliveryOf, type PcrUnderTest, storeOpportunities } from './pcr-under-test.ts';

/** Delivers everything that is pending. @returns the ids of the messages in sending order */
async function deliverAll({ store }: PcrUnderTest): Promise<readonly MessageId[]> {
  // One hour later, all deliveries of the replay are due.
  const nowMs = Date.now() + 3_600_000;
  const sent: MessageId[] = [];
  for (const { id } of await store.due(instantOf(nowMs), 1_000)) {
    const claimed = await store.claim(id, instantOf(nowMs), instantOf(nowMs + 60_000));
    if (!claimed) continue;
    sent.push(claimed.messageId);
    await store.settle(claimed, undefined, { status: 'delivered' });
  }
  return sent;
}

function messagesOf(versions: readonly Version[]): readonly MessageId[] {
  return versions.map(({ messageId }) => messageId);
}

/** Returns the id of a replay from its output. */
function replayIdIn(text: string): string {
  return /rpl_[0-9a-f]{32}/.exec(text)?.[0] ?? 'no id';
}

/** Rows of O1000001 by version. */
async function rowsOf({ relay }: PcrUnderTest) {
  const rows = new Map<
    number,
    { readonly status: string; readonly wanted?: boolean | undefined; readonly due: string }
  >();
  const listed = relay.deliveries.list({ endpointId: 'ep_orders' });
  for await (const { version, status, wanted, dueAt = '' } of listed)
    if (version.id === 'O1000001') rows.set(version.version, { status, wanted, due: dueAt });
  return rows;
}

const everything = ['replay', '--endpoint', 'ep_orders', '--since', '2026-03-01', '--rate', '1000', '--yes'];

describeUnless(missingDynoxide, 'pcr replay', () => {
  const testWithPcr = pcrTest();
  /** Three versions of twenty opportunities. */
  const test = testWithPcr.extend('versions', { auto: true }, ({ pcr }) =>
    storeOpportunities(pcr.relay, 20, 3),
  );

  describe('an interrupted replay', () => {
    test.for([1, 2])(
      'delivers each message once if it stops at doorbell call %i and is resumed',
      async (at, { pcr, versions }) => {
        let rings = 0;
        pcr.onRing = () => void ((rings += 1) === at && pcr.interrupt());
        const interrupted = await pcr.run(...everything);
        expect(interrupted.code).toBe(1);
        expect(interrupted.err).toContain('pcr replay --resume rpl_');
        const first = await deliverAll(pcr);
        expect(first.length).toBeGreaterThan(0);
        expect(first.length).toBeLessThan(versions.length);

        pcr.onRing = undefined;
        const resumed = await pcr.run('replay', '--resume', replayIdIn(interrupted.err), '--yes');
        const left = versions.length - first.length;
        expect(resumed).toMatchObject({
          code: 0,
          out: expect.stringContaining(`${left} messages will be sent; 0 were already pending`),
        });
        expect(resumed.err).toContain(`${first.length} messages of this replay are done or wait already.`);
        expect(resumed.err).toContain(`${left} messages of `);
        const second = await deliverAll(pcr);
        expect([...first, ...second].toSorted()).toEqual(messagesOf(versions).toSorted());
      },
    );

    test('delivers each message once if the stack fails in the middle of a doorbell call', async ({
      pcr,
      versions,
    }) => {
      pcr.onRing = () => {
        throw new Error('the queue is gone');
      };
      const failed = await pcr.run(...everything);
      expect(failed).toMatchObject({ code: 1, err: expect.stringContaining('the queue is gone') });
      const first = await deliverAll(pcr);
      pcr.onRing = undefined;
      expect(await pcr.run('replay', '--resume', replayIdIn(failed.err), '--yes')).toMatchObject({ code: 0 });
      expect([...first, ...(await deliverAll(pcr))].toSorted()).toEqual(messagesOf(versions).toSorted());
    });

    test('delivers each message at least once if it is started again, and pending ones once', async ({
      pcr,
      versions,
    }) => {
      pcr.onRing = () => pcr.interrupt();
      await pcr.run(...everything);
      pcr.onRing = undefined;
      expect((await pcr.run(...everything)).out).toMatch(
        /^35 messages will be sent; 25 were already pending/,
      );
      expect((await deliverAll(pcr)).toSorted()).toEqual(messagesOf(versions).toSorted());
    });

    test('is resumed only after a yes to the number that is left', async ({ pcr, versions }) => {
      pcr.onRing = () => pcr.interrupt();
      const interrupted = await pcr.run(...everything);
      pcr.onRing = undefined;
      pcr.answer = false;
      const left = versions.length - (await deliverAll(pcr)).length;
      const resume = ['replay', '--resume', replayIdIn(interrupted.err)];
      const asked = await pcr.run(...resume);
      expect(asked).toMatchObject({
        code: 1,
        err: expect.stringContaining(`Send ${left} messages to ep_orders?`),
      });
      expect(await deliverAll(pcr)).toEqual([]);
      const dry = await pcr.run(...resume, '--dry-run', '--json');
      expect(JSON.parse(dry.out)).toEqual({ messages: left });
    });

    test('sends nothing if it had finished and is resumed', async ({ pcr, versions }) => {
      const done = await pcr.run(...everything);
      expect(await deliverAll(pcr)).toHaveLength(versions.length);
      const again = await pcr.run('replay', '--resume', replayIdIn(done.err), '--yes');
      expect(again).toMatchObject({ code: 0, out: 'Nothing to send.' });
      expect(await deliverAll(pcr)).toEqual([]);
    });
  });

  testWithPcr.for([500_000, 2_000_000])(
    'sends a record that is stored in parts, if the filter matches its content: %d characters',
    async (length, { pcr }) => {
      const { relay, store } = pcr;
      const receiver = new Receiver(secret);
      const url = await receiver.start();
      onTestFinished(() => receiver.stop());
      const payload = incompressibleOpportunity(length, 1);
      const version = versionOf(observation({ payload }));
      await appendVersion(relay.records, undefined, version, version.readAt);
      const filter = { data: { record: { LastModifiedDate: [payload['LastModifiedDate'] ?? null] } } };
      await relay.endpoints.update(endpoint({ filter, destination: webhook({ url }) }));
      const ran = await pcr.run('replay', '--endpoint', 'ep_orders', '--record', 'O1234567', '--yes');
      expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('1 message will be sent') });
      const clock = manualClock(instantOf(Date.now() + 1_000));
      const world = {
        ...(await deliverWorld()),
        records: relay.records,
        endpoints: relay.endpoints,
        deliveries: store,
        clock,
        transport: httpsWebhookTransport({ network: 'loopback' }),
      };
      for (const id of pcr.signalled) await deliver(id, world);
      expect(receiver.refused).toEqual([]);
      expect(receiver.receipts.map(({ body }): unknown => JSON.parse(body))).toMatchObject([
        { data: { record: payload } },
      ]);
    },
  );

  test('the versions of a record are due in order', async ({ pcr, versions }) => {
    await pcr.run(...everything);
    const sent = await deliverAll(pcr);
    for (const id of new Set(versions.map((version) => version.id))) {
      const ofRecord = messagesOf(versions.filter((version) => version.id === id));
      expect(sent.filter((message) => ofRecord.includes(message))).toEqual(ofRecord);
    }
  });

  describe('to an endpoint with ordering', () => {
    const filter = { data: { record: { LifeCycle: { Stage: ['Stage 1', 'Stage 3'] } } } };

    test('waits for unwanted versions in between, which are not sent', async ({ pcr }) => {
      await pcr.relay.endpoints.update(endpoint({ ordering: 'per-record', filter }));
      const ran = await pcr.run(...everything);
      expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('40 messages will be sent') });
      const rows = await rowsOf(pcr);
      expect(rows.get(1)).toMatchObject({ status: 'pending', wanted: true });
      expect(rows.get(2)).toMatchObject({ status: 'pending', wanted: false });
      expect(rows.get(3)).toMatchObject({ status: 'pending', wanted: true });
      expect((rows.get(2)?.due ?? '') <= (rows.get(3)?.due ?? '')).toBe(true);
      expect(pcr.signalled).toHaveLength(60);
    });

    test('keeps delivered predecessors delivered', async ({ pcr, versions }) => {
      await pcr.relay.endpoints.update(endpoint({ ordering: 'per-record', filter }));
      const [, second] = versions;
      if (!second) throw new Error('there are three versions of each');
      const { store } = pcr;
      const delivery = deliveryOf(second, 'ep_orders');
      await store.add(delivery, '2026-03-01T11:00:00.000Z');
      const claimed = await store.claim(delivery.id, '2026-03-01T11:00:00.000Z', '2026-03-01T11:01:00.000Z');
      if (claimed) await store.settle(claimed, undefined, { status: 'delivered' });
      await pcr.run('replay', '--endpoint', 'ep_orders', '--record', 'O1000001', '--yes');
      expect((await rowsOf(pcr)).get(2)).toMatchObject({ status: 'delivered', wanted: true });
    });

    test('an endpoint without ordering waits for no predecessor', async ({ pcr }) => {
      await pcr.relay.endpoints.update(endpoint({ filter }));
      await pcr.run(...everything);
      expect(new Set((await rowsOf(pcr)).keys())).toEqual(new Set([1, 3]));
    });
  });

  test('a dry run counts and changes nothing', async ({ pcr }) => {
    const dry = await pcr.run(...everything, '--dry-run', '--json');
    expect(dry.code).toBe(0);
    expect(JSON.parse(dry.out)).toEqual({ messages: 60 });
    expect(dry.err).toContain('60 messages of 20 records for ep_orders');
    expect(await deliverAll(pcr)).toEqual([]);
  });

  test('an answer of no changes nothing', async ({ pcr }) => {
    pcr.answer = false;
    const declined = await pcr.run(...everything.filter((each) => each !== '--yes'));
    expect(declined).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('Send 60 messages to ep_orders?'),
    });
    expect(await deliverAll(pcr)).toEqual([]);
  });

  test('an endpoint gets only messages that match its topics, its filter and the selection', async ({
    pcr,
    versions,
  }) => {
    await pcr.relay.endpoints.update(
      endpoint({
        topics: ['opportunity.updated'],
        filter: { data: { record: { LifeCycle: { Stage: ['Stage 2', 'Stage 1'] } } } },
      }),
    );
    const counted = await pcr.run(...everything);
    expect(counted.err).toContain(
      'Not sent: 40 that do not match the topics, catalogs or filter of ep_orders.',
    );
    const second = versions.filter(({ version }) => version === 2);
    expect((await deliverAll(pcr)).toSorted()).toEqual(messagesOf(second).toSorted());
  });

  test('sends echoes too, although their endpoint omits them, and no commands of other clients', async ({
    pcr,
  }) => {
    const { endpoints, records } = pcr.relay;
    const topics = ['opportunity.*', 'command.*'];
    await endpoints.update(endpoint({ topics, client: 'crm', echo: 'omit' }));
    const echoes = [{ client: 'crm', commands: [{ id: 'cmd_1', key: 'deal-1' }] }];
    const echo = { ...versionOf(observation({ key: { ...opportunityKey, id: 'O2000001' } })), echoes };
    const { version: command } = acceptanceOf(newLine(lineKey), 'deal-1', '2026-03-01T10:00:00.000Z');
    await appendVersion(records, undefined, echo);
    await appendVersion(records, undefined, command);
    for (const record of ['O2000001', `AWS/command/${command.id}`])
      await pcr.run('replay', '--endpoint', 'ep_orders', '--record', record, '--yes');
    expect(await deliverAll(pcr)).toEqual([echo.messageId]);
  });

  test.for([
    [
      ['--record', 'O1000001'],
      ['O1000001 1', 'O1000001 2', 'O1000001 3'],
    ],
    [['--record', 'AWS/opportunity/O1000002', '--type', 'opportunity.created'], ['O1000002 1']],
    [
      ['--record', 'O1000003', '--since', '2026-03-01T10:02:00Z', '--until', '2026-03-01T10:02:59Z'],
      ['O1000003 2'],
    ],
  ] as const)('%j selects %j', async ([options, expected], { pcr, versions }) => {
    expect(await pcr.run('replay', '--endpoint', 'ep_orders', ...options, '--yes')).toMatchObject({
      code: 0,
    });
    const selected = versions.filter(({ id, version }) =>
      expected.some((each) => each === `${id} ${version}`),
    );
    expect(await deliverAll(pcr)).toEqual(messagesOf(selected));
  });

  test('--failed sends exhausted messages only', async ({ pcr, versions }) => {
    const { store } = pcr;
    for (const [index, ref] of versions.slice(0, 6).entries()) {
      const delivery = deliveryOf(ref, 'ep_orders');
      await store.add(delivery, '2026-03-01T11:00:00.000Z');
      const claimed = await store.claim(delivery.id, '2026-03-01T11:00:00.000Z', '2026-03-01T11:01:00.000Z');
      const status =
        index % 2
          ? ({ status: 'delivered' } as const)
          : ({ status: 'exhausted', reason: 'delivery.exhausted' } as const);
      if (claimed) await store.settle(claimed, undefined, status);
    }
    expect(await pcr.run('replay', '--endpoint', 'ep_orders', '--failed', '--yes')).toMatchObject({
      code: 0,
    });
    const failed = versions.slice(0, 6).filter((_, index) => index % 2 === 0);
    expect((await deliverAll(pcr)).toSorted()).toEqual(messagesOf(failed).toSorted());
  });

  test('names a disabled endpoint, whose messages are held', async ({ pcr, versions }) => {
    await pcr.relay.endpoints.disable('ep_orders', 'answered 410 Gone', '2026-03-01T10:00:00.000Z');
    const ran = await pcr.run(...everything);
    expect(ran).toMatchObject({
      code: 0,
      err: expect.stringContaining('ep_orders is disabled (answered 410 Gone)'),
    });
    expect(await deliverAll(pcr)).toHaveLength(versions.length);
  });

  testWithPcr.for([
    [['--since', '2d'], '--endpoint is missing'],
    [['--endpoint', 'ep_orders'], 'Allowed: one or more of --record, --since, --failed'],
    [['--endpoint', 'orders', '--failed'], 'Allowed: ep_'],
    [['--endpoint', 'ep_crm', '--failed'], 'The endpoint ep_crm does not exist'],
    [['--endpoint', 'ep_orders', '--since', 'yesterday'], 'Allowed: a time'],
    [['--endpoint', 'ep_orders', '--since', '1h', '--until', '2h'], '--until'],
    [['--endpoint', 'ep_orders', '--record', 'O12x'], 'Allowed: <catalog>/<kind>/<id>'],
    [['--endpoint', 'ep_orders', '--since', '1h', '--type', 'oportunity.*'], 'Allowed: opportunity.created'],
    [['--endpoint', 'ep_orders', '--since', '1h', '--rate', '0'], 'Allowed: a whole number from 1 to 1000'],
    [['--resume', 'rpl_1'], 'Allowed: rpl_ and 32'],
    [['--resume', `rpl_${'0'.repeat(32)}`], 'this replay does not exist'],
    [['--resume', `rpl_${'0'.repeat(32)}`, '--failed'], '--resume keeps the original selection'],
  ] as const)(
    '%j exits with 2, says what is allowed, and changes nothing',
    async ([options, said], { pcr }) => {
      await storeOpportunities(pcr.relay, 1, 1);
      expect(await pcr.run('replay', ...options, '--yes')).toMatchObject({
        code: 2,
        err: expect.stringContaining(said),
      });
      expect(await deliverAll(pcr)).toEqual([]);
    },
  );
});
