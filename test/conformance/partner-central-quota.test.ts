import { describe, expect, test } from 'vitest';
import { instantOf } from '../../lambdas/core/instant.ts';
import { laterAfter, ServiceError } from '../../lambdas/core/service-error.ts';
import type { Quota } from '../../lambdas/ports/quota.ts';
import { unlimitedQuota } from '../fakes/unlimited-quota.ts';
import { answering, timeoutMs, usePartnerCentral } from './partner-central-under-test.ts';

const { withServer, withSimulator } = usePartnerCentral();

/** A quota whose permits the test grants. */
function givenQuota(): Quota & { readonly asked: Promise<void>; give(): void } {
  const asking = Promise.withResolvers<void>();
  const turn = Promise.withResolvers<void>();
  return {
    asked: asking.promise,
    give: turn.resolve,
    acquirePermit: () => {
      asking.resolve();
      return turn.promise;
    },
    reportThrottle: async () => undefined,
  };
}

describe('promise 4: a read of Partner Central', () => {
  test('is sent when it has a permit, not before', async () => {
    const quota = givenQuota();
    let requests = 0;
    const api = await withServer((request, response, sent) => {
      requests += 1;
      answering(200, '{"Id":"O1"}')(request, response, sent);
    }, quota);
    const read = api.getOpportunity('AWS', 'O1');
    await quota.asked;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(requests).toBe(0);
    quota.give();
    expect(await read).toEqual({ Id: 'O1' });
    expect(requests).toBe(1);
  });

  test('is signed before its permit, and its timeout begins at the permit', async () => {
    const quota = givenQuota();
    const signedAt: unknown[] = [];
    const api = await withServer((request, response, sent) => {
      signedAt.push(request.headers['x-amz-date']);
      answering(200, '{"Id":"O1"}')(request, response, sent);
    }, quota);
    const read = api.getOpportunity('AWS', 'O1');
    await quota.asked;
    const askedAt = instantOf(Date.now()).replace(/[-:]|\.\d+/g, '');
    await new Promise((resolve) => setTimeout(resolve, timeoutMs * 1.1));
    quota.give();
    expect(await read).toEqual({ Id: 'O1' });
    expect(signedAt).toHaveLength(1);
    expect(String(signedAt[0]) <= askedAt).toBe(true);
  });

  test.each([
    new ServiceError('quota.waiting', { limit: 'day', waitMs: 5_000 }, { retry: laterAfter(5_000) }),
    new ServiceError(
      'store.unavailable',
      { operation: 'readQuota', error: 'TimeoutError' },
      { retry: laterAfter(2_000) },
    ),
  ])('is not sent without a permit, and fails with the reason: $code', async (reason) => {
    const { api, simulator } = await withSimulator({
      acquirePermit: () => Promise.reject(reason),
      reportThrottle: async () => undefined,
    });
    await expect(api.getOpportunity('AWS', 'O1234567')).rejects.toBe(reason);
    await expect(api.listSolutions('AWS')).rejects.toBe(reason);
    expect(simulator.reads()).toBe(0);
  });

  test('takes one permit for each operation', async () => {
    const quota = unlimitedQuota();
    const { api } = await withSimulator(quota);
    await api.listSolutions('AWS');
    await api.listOpportunities('AWS', undefined);
    await expect(api.getOpportunity('AWS', 'O1234567')).rejects.toMatchObject({
      code: 'partner-central.not-found',
    });
    expect(quota.calls).toEqual(['acquirePermit', 'acquirePermit', 'acquirePermit']);
  });

  test('notifies the quota if it is throttled', async () => {
    const quota = unlimitedQuota();
    const { api, simulator } = await withSimulator(quota);
    simulator.injectFaults(() => 'throttle');
    let callsWhenItFailed: readonly string[] = [];
    const failure: unknown = await api.listEngagements('AWS').catch((error: unknown) => {
      callsWhenItFailed = [...quota.calls];
      return error;
    });
    expect(failure).toMatchObject({
      code: 'partner-central.throttled',
      retry: { kind: 'later' },
      details: { operation: 'ListEngagements' },
    });
    expect(callsWhenItFailed).toEqual(['acquirePermit', 'reportThrottle']);
  });

  test('does not notify the quota of other failures', async () => {
    const quota = unlimitedQuota();
    const { api, simulator } = await withSimulator(quota);
    for (const fault of ['internal', 'access-denied', 'validation'] as const) {
      simulator.injectFaults(() => fault);
      await expect(api.getOpportunity('AWS', 'O1234567')).rejects.toThrow('partner-central.');
    }
    expect(quota.calls).toEqual(['acquirePermit', 'acquirePermit', 'acquirePermit']);
  });
});
