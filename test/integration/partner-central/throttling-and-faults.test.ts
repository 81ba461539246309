import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { ListEngagementsCommand, ListSolutionsCommand } from '@aws-sdk/client-partnercentral-selling';
import { describe, expect } from 'vitest';
import { CallQuota } from '../../../local/partner-central/wire/call-quota.ts';
import { it, opportunity, rawCall, summary } from './simulator-under-test.ts';

describe('throttling and faults of the simulator', () => {
  it('accepts at most the quota of reads in any second, and does not count refused calls', async ({
    startSimulator,
  }) => {
    let nowMs = 0;
    const { partner, simulator, client } = await startSimulator({
      quota: { perSecond: 2, perDay: 100 },
      nowMs: () => nowMs,
    });
    const id = partner.createOpportunity('AWS');
    const outcomeAt = async (ms: number) => {
      nowMs = ms;
      return client.send(opportunity(id)).then(
        () => 'ok',
        (error: Error) => error.name,
      );
    };
    expect(await outcomeAt(0)).toBe('ok');
    expect(await outcomeAt(900)).toBe('ok');
    expect(await outcomeAt(999)).toBe('ThrottlingException');
    expect(await outcomeAt(1000)).toBe('ok');
    expect(await outcomeAt(1899)).toBe('ThrottlingException');
    expect(await outcomeAt(1900)).toBe('ok');
    expect({ reads: simulator.reads(), throttled: simulator.throttled() }).toEqual({
      reads: 4,
      throttled: 2,
    });
  });

  it('counts lists and reads without a result against the same quota', async ({ startSimulator }) => {
    const { client, simulator } = await startSimulator({
      quota: { perSecond: 2, perDay: 100 },
      nowMs: () => 0,
    });
    await client.send(new ListSolutionsCommand({ Catalog: 'AWS' }));
    await client.send(opportunity('O1')).catch(() => undefined);
    const third = client.send(new ListEngagementsCommand({ Catalog: 'AWS' }));
    await expect(third).rejects.toMatchObject({ name: 'ThrottlingException' });
    expect(simulator.quotaThrottled()).toBe(1);
  });

  it('counts throttled calls by cause', async ({ startSimulator }) => {
    const clock = { nowMs: 0 };
    const { client, simulator } = await startSimulator({
      quota: { perSecond: 1, perDay: 100 },
      nowMs: () => clock.nowMs,
    });
    const throttled = (id: string) =>
      expect(client.send(opportunity(id))).rejects.toMatchObject({ name: 'ThrottlingException' });
    simulator.injectFaults((_operation, id) => (id === 'O2' ? 'throttle' : undefined));
    await client.send(opportunity('O1')).catch(() => undefined);
    await throttled('O1');
    await throttled('O2');
    simulator.throttleFor(5000);
    clock.nowMs = 4000;
    await throttled('O1');
    await throttled('O1');
    expect([simulator.throttled(), simulator.quotaThrottled()]).toEqual([4, 1]);
    expect([simulator.throttled('throttle-window'), simulator.throttled('fault')]).toEqual([2, 1]);
  });

  it('counts a read at the arrival of its headers, even if its body is late', async ({ startSimulator }) => {
    const clock = { nowMs: 0 };
    const { simulator } = await startSimulator({
      quota: { perSecond: 1, perDay: 100 },
      nowMs: () => clock.nowMs,
    });
    const headers = {
      'x-amz-target': 'AWSPartnerCentralSelling.GetOpportunity',
      'content-length': '37',
      expect: '100-continue',
    };
    const slow = httpRequest(simulator.url, { method: 'POST', headers });
    slow.flushHeaders();
    await once(slow, 'continue');
    clock.nowMs = 999;
    slow.end('{"Catalog":"AWS","Identifier":"O111"}');
    await once(slow, 'response');
    clock.nowMs = 1000;
    await rawCall(simulator.url, 'GetOpportunity', '{"Catalog":"AWS","Identifier":"O1"}');
    expect([simulator.reads(), simulator.throttled()]).toEqual([2, 0]);
  });

  it('counts a late read at the time of the latest counted read', () => {
    const quota = new CallQuota({ perSecond: 2, perDay: 100 });
    expect([0, 1000, 500, 1999, 2000].map((ms) => quota.trySpend(ms))).toEqual([
      true,
      true,
      true,
      false,
      true,
    ]);
  });

  it('limits reads in a sliding window of 24 hours', () => {
    const dayMs = 86_400_000;
    const quota = new CallQuota({ perSecond: 10, perDay: 3 });
    expect([0, 5000, 10_000, 15_000].map((ms) => quota.trySpend(ms))).toEqual([true, true, true, false]);
    expect([dayMs - 1, dayMs, dayMs + 4999, dayMs + 5000].map((ms) => quota.trySpend(ms))).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  it('never exceeds the quota in a long run', () => {
    const quota = new CallQuota({ perSecond: 10, perDay: 50 });
    const granted = Array.from({ length: 2000 }, (_, tick) => tick * 37).filter((ms) => quota.trySpend(ms));
    expect(granted).toHaveLength(50);
    const seconds = new CallQuota({ perSecond: 10, perDay: 100_000 });
    const passed = Array.from({ length: 3000 }, (_, tick) => tick * 7).filter((ms) => seconds.trySpend(ms));
    const mostInOneSecond = Math.max(
      ...passed.map((from) => passed.filter((ms) => ms >= from && ms < from + 1000).length),
    );
    expect(mostInOneSecond).toBe(10);
  });

  it('stops throttling after the time, and the SDK retries throttled calls', async ({
    startSimulator,
    connect,
  }) => {
    let nowMs = 0;
    const { partner, simulator, client } = await startSimulator({ nowMs: () => nowMs });
    const id = partner.createOpportunity('AWS');
    simulator.throttleFor(500);
    await expect(client.send(opportunity(id))).rejects.toMatchObject({ name: 'ThrottlingException' });
    const threeAttempts = connect(simulator.url, 3);
    await expect(threeAttempts.send(opportunity(id))).rejects.toMatchObject({ $metadata: { attempts: 3 } });
    expect(simulator.throttled()).toBe(4);
    nowMs = 500;
    expect(await client.send(opportunity(id))).toMatchObject({ Id: id });
  });

  it.for([
    ['throttle', 'ThrottlingException', 400],
    ['internal', 'InternalServerException', 500],
    ['access-denied', 'AccessDeniedException', 400],
    ['not-found', 'ResourceNotFoundException', 400],
    ['validation', 'ValidationException', 400],
  ] as const)(
    'answers the fault %s with %s',
    async ([fault, name, httpStatusCode], { partner, simulator, client }) => {
      const id = partner.createOpportunity('AWS');
      const other = partner.createOpportunity('AWS');
      simulator.injectFaults((operation, requestedId) =>
        operation === 'GetOpportunity' && requestedId === id ? fault : undefined,
      );
      await expect(client.send(opportunity(id))).rejects.toMatchObject({
        name,
        $metadata: { httpStatusCode },
      });
      expect(await client.send(opportunity(other))).toMatchObject({ Id: other });
      simulator.injectFaults(undefined);
      expect(await client.send(opportunity(id))).toMatchObject({ Id: id });
    },
  );

  it('keeps the connection open for a timeout and closes it for a hang-up', async ({
    partner,
    simulator,
    client,
  }) => {
    const id = partner.createOpportunity('AWS');
    simulator.injectFaults(() => 'timeout');
    const waiting = client.send(opportunity(id), { abortSignal: AbortSignal.timeout(100) });
    await expect(waiting).rejects.toMatchObject({
      name: expect.stringMatching(/^(AbortError|TimeoutError)$/),
    });
    simulator.injectFaults(() => 'hang-up');
    await expect(client.send(opportunity(id))).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('ends unanswered calls when it stops', async ({ partner, simulator, client }) => {
    simulator.injectFaults(() => 'timeout');
    const waiting = expect(client.send(opportunity(partner.createOpportunity('AWS')))).rejects.toThrow();
    await expect.poll(() => simulator.reads()).toBe(1);
    await simulator.stop();
    await waiting;
  });

  it('counts and logs calls by operation, only with ids', async ({ startSimulator }) => {
    const logged: unknown[] = [];
    const { partner, simulator, client } = await startSimulator({ log: (call) => logged.push(call) });
    const id = partner.createOpportunity('AWS');
    await client.send(opportunity(id));
    await client.send(summary(id)).catch(() => undefined);
    expect(logged).toEqual([
      { operation: 'GetOpportunity', id, outcome: 'ok' },
      { operation: 'GetAwsOpportunitySummary', id, outcome: 'ResourceNotFoundException' },
    ]);
    expect([simulator.reads(), simulator.reads('GetOpportunity'), simulator.reads('GetEngagement')]).toEqual([
      2, 1, 0,
    ]);
  });
});
