import { expect } from 'vitest';
import type { Attempt, Delivery } from '../../../lambdas/core/delivery.ts';
import type { Instant } from '../../../lambdas/core/instant.ts';
import type { DeliveryStore, Settlement } from '../../../lambdas/ports/delivery-store.ts';
import { endpoint, webhook } from '../../builders/endpoints.ts';
import { missingDynoxide } from '../../conformance/dynamodb-under-test.ts';
import { describeUnless } from '../../describe-unless.ts';
import { pcrTest } from './pcr-test.ts';
import { deliveryOf, type PcrUnderTest, storeOpportunities } from './pcr-under-test.ts';

const refused: Attempt = {
  number: 1,
  startedAt: '2026-03-01T11:00:00.000Z',
  durationMs: 41.6,
  outcome: 'refused',
  status: 500,
  answer: 'database\u001b[2J down',
};

/** Adds a delivery and settles its first attempt. */
async function settled(
  store: DeliveryStore,
  delivery: Delivery,
  at: Instant,
  settlement: Settlement,
): Promise<void> {
  await store.add(delivery, at);
  const claimed = await store.claim(delivery.id, at, '2026-12-01T00:00:00.000Z');
  expect(claimed).toBeDefined();
  if (claimed)
    await store.settle(claimed, settlement.status === 'delivered' ? undefined : refused, settlement);
}

async function listed(pcr: PcrUnderTest, deliveries: readonly Delivery[], options: readonly string[]) {
  const { code, out } = await pcr.run('deliveries', 'list', '--json', ...options);
  expect(code).toBe(0);
  const entries: readonly { readonly id: string }[] = JSON.parse(out);
  return entries.map(({ id }) => deliveries.findIndex((delivery) => delivery.id === id) + 1);
}

describeUnless(missingDynoxide, 'pcr deliveries', () => {
  /**
   * Two versions of two opportunities at two endpoints: exhausted, delivered, pending and held, an
   * hour between each and the next.
   */
  const test = pcrTest([endpoint(), endpoint({ id: 'ep_crm' })]).extend(
    'deliveries',
    { auto: true },
    async ({ pcr }) => {
      const { store } = pcr;
      const versions = await storeOpportunities(pcr.relay, 2, 2);
      const deliveries = versions.map((version, index) => ({
        ...deliveryOf(version, index % 2 ? 'ep_crm' : 'ep_orders'),
        correlationId: 'event-1',
      }));
      const [first, second, third, fourth] = deliveries;
      if (!first || !second || !third || !fourth) throw new Error('two opportunities have four versions');
      await settled(store, first, '2026-03-01T11:00:00.000Z', {
        status: 'exhausted',
        reason: 'delivery.exhausted',
      });
      await settled(store, second, '2026-03-01T12:00:00.000Z', { status: 'delivered' });
      await store.add(third, '2026-03-01T13:00:00.000Z');
      await store.add(fourth, '2026-03-01T14:00:00.000Z', 'held');
      return deliveries;
    },
  );

  test.for([
    [[], [4, 3, 2, 1]],
    [
      ['--endpoint', 'ep_orders'],
      [3, 1],
    ],
    [
      ['--status', 'held', '--status', 'delivered'],
      [4, 2],
    ],
    [
      ['--record', 'O1000002'],
      [4, 3],
    ],
    [['--record', 'O1000002', '--status', 'held'], [4]],
    [
      ['--since', '2026-03-01T12:00:00Z', '--until', '2026-03-01T13:00:00Z'],
      [3, 2],
    ],
    [['--record', 'AWS/opportunity/O1000001', '--since', '2026-03-01T12:00:00Z'], [2]],
    [
      ['--limit', '2'],
      [4, 3],
    ],
    [['--record', 'O9999999'], []],
  ] as const)('list %j prints %j, newest first', async ([options, expected], { pcr, deliveries }) => {
    expect(await listed(pcr, deliveries, options)).toEqual(expected);
  });

  test('list prints a table and notes that there are more', async ({ pcr, deliveries }) => {
    const { out, err } = await pcr.run('deliveries', 'list', '--limit', '3');
    expect(out.split('\n')[0]).toMatch(
      /^DELIVERY +STATUS +ENDPOINT +RECORD +VERSION +ATTEMPTS +ADDED +DUE +REASON$/,
    );
    expect(out.split('\n')[1]).toMatch(
      new RegExp(`^${deliveries[3]?.id} +held +ep_crm +AWS/opportunity/O1000002 +2 +0 `),
    );
    expect(err).toContain('There are more than these 3');
  });

  test('show prints every attempt, without the control characters of an answer', async ({
    pcr,
    deliveries,
  }) => {
    const { code, out } = await pcr.run('deliveries', 'show', String(deliveries[0]?.id));
    expect(code).toBe(0);
    expect(out).toMatch(/^Correlation id: +event-1$/m);
    expect(out).toMatch(/Status: +exhausted\nReason: +delivery\.exhausted/);
    expect(out).toMatch(/1 +2026-03-01T11:00:00Z +42 +refused +500 +database \[2J down/);
  });

  test('show --body prints the message in the form that the endpoint has now, and no header', async ({
    pcr,
    deliveries,
  }) => {
    const [first, second] = deliveries;
    const args = ['deliveries', 'show', String(first?.id), '--body'];
    const whole = JSON.parse((await pcr.run(...args, '--json')).out);
    expect(whole).toMatchObject({
      id: first?.id,
      body: {
        type: 'opportunity.created',
        data: { id: 'O1000001', version: 1, record: { LifeCycle: { Stage: 'Stage 1' } } },
      },
    });
    const destination = webhook({ headers: { authorization: 'Bearer credential' } });
    await pcr.relay.endpoints.update(endpoint({ payload: 'thin', destination }));
    const thin = await pcr.run(...args);
    expect(thin.out).toContain('Message:\n{\n  "type": "opportunity.created",');
    expect(thin.out).not.toContain('Stage 1');
    expect(thin.out + thin.err).not.toMatch(/credential|whsec_|secret/);
    await pcr.relay.endpoints.update(endpoint({ redact: ['/LifeCycle'] }));
    expect((await pcr.run(...args)).out).not.toContain('Stage 1');
    await pcr.relay.endpoints.remove('ep_orders');
    expect(await pcr.run(...args)).toMatchObject({
      code: 0,
      out: expect.stringContaining('No message: its endpoint ep_orders was removed.'),
    });
    const both = await pcr.run(...args, String(second?.id), '--json');
    expect(JSON.parse(both.out)).toMatchObject([
      { bodyMissing: 'its endpoint ep_orders was removed' },
      { body: { data: { id: 'O1000001', version: 2 } } },
    ]);
  });

  test('show --body says that a version is no longer stored', async ({ pcr }) => {
    const ref = { catalog: 'AWS', kind: 'opportunity', id: 'O7777777', version: 1 } as const;
    const delivery = deliveryOf(ref, 'ep_orders');
    await pcr.store.add(delivery, '2026-03-01T15:00:00.000Z');
    const { code, out } = await pcr.run('deliveries', 'show', delivery.id, '--body');
    expect({ code, out }).toMatchObject({
      code: 0,
      out: expect.stringContaining('No message: its version is no longer stored'),
    });
  });

  test('retry sends finished deliveries again, rings the doorbell, and says why others are unchanged', async ({
    pcr,
    deliveries,
  }) => {
    const { code, out, err } = await pcr.run('deliveries', 'retry', ...deliveries.map(({ id }) => id));
    expect(code).toBe(0);
    expect(out).toBe('2 deliveries will be sent again.');
    expect(err).toContain(`${deliveries[2]?.id} was not changed: it is already pending`);
    expect(err).toContain(`${deliveries[3]?.id} was not changed: it waits until its endpoint is enabled`);
    expect(pcr.signalled.toSorted()).toEqual(
      deliveries
        .slice(0, 2)
        .map(({ id }) => id)
        .toSorted(),
    );
    const first = await pcr.relay.deliveries.find(pcr.signalled[0] ?? 'dlv_');
    expect(first).toMatchObject({ status: 'pending', attemptNumber: 0 });
  });

  test('retry without ids selects exhausted deliveries and asks first', async ({ pcr, deliveries }) => {
    pcr.answer = false;
    const declined = await pcr.run('deliveries', 'retry', '--since', '2026-03-01');
    expect(declined).toMatchObject({ code: 1, err: expect.stringContaining('Send 1 delivery again?') });
    expect(pcr.signalled).toEqual([]);
    pcr.answer = true;
    expect(await pcr.run('deliveries', 'retry', '--since', '2026-03-01')).toMatchObject({ code: 0 });
    expect(pcr.signalled).toEqual([deliveries[0]?.id]);
  });

  test('retry exits with 1 if no delivery can be sent', async ({ pcr, deliveries }) => {
    expect(await pcr.run('deliveries', 'retry', String(deliveries[2]?.id))).toMatchObject({ code: 1 });
    expect(pcr.signalled).toEqual([]);
  });

  test('retry leaves deliveries unchanged that the endpoint did not want', async ({ pcr }) => {
    const ref = { catalog: 'AWS', kind: 'opportunity', id: 'O1000002', version: 3 } as const;
    const unwanted = { ...deliveryOf(ref, 'ep_orders'), wanted: false };
    await settled(pcr.store, unwanted, '2026-03-01T15:00:00.000Z', {
      status: 'exhausted',
      reason: 'endpoint.missing',
    });
    const { code, err } = await pcr.run('deliveries', 'retry', unwanted.id);
    expect(code).toBe(1);
    expect(err).toContain('the endpoint did not want this message');
    expect(pcr.signalled).toEqual([]);
  });

  test('retry leaves deliveries to a removed endpoint unchanged, and says so', async ({
    pcr,
    deliveries,
  }) => {
    await pcr.relay.endpoints.remove('ep_orders');
    const { code, err } = await pcr.run('deliveries', 'retry', String(deliveries[0]?.id));
    expect(code).toBe(1);
    expect(err).toContain(`${deliveries[0]?.id} was not changed: its endpoint ep_orders was removed`);
    expect(pcr.signalled).toEqual([]);
  });

  const unknown = `dlv_${'0'.repeat(32)}`;
  test.for([
    [
      ['list', '--status', 'failed'],
      'Allowed: one of pending, held, delivered, exhausted, cancelled, skipped',
    ],
    [['list', '--limit', '0'], 'Allowed: a whole number from 1 to 10000'],
    [['show', 'dlv_1'], 'Allowed: dlv_ and 32 hexadecimal digits'],
    [['show', unknown], `The delivery ${unknown}`],
    [['retry'], 'Which deliveries?'],
    [['retry', unknown, '--status', 'exhausted'], 'not both'],
    [['retry', unknown], `The delivery ${unknown}`],
  ] as const)('%j exits with 2, says what is allowed, and changes nothing', async ([args, said], { pcr }) => {
    expect(await pcr.run('deliveries', ...args)).toMatchObject({
      code: 2,
      err: expect.stringContaining(said),
    });
    expect(pcr.signalled).toEqual([]);
  });
});
