import { expect } from 'vitest';
import { blockedEndpoints, heldDeliveries, receivers } from '../../../bin/pcr/doctor/delivery-checks.ts';
import type { Check, CheckContext } from '../../../bin/pcr/doctor/finding.ts';
import { runChecks } from '../../../bin/pcr/doctor/run-checks.ts';
import type { Relay } from '../../../bin/pcr/relay.ts';
import type { UnusableVersion } from '../../../lambdas/adapters/read-secrets.ts';
import { systemClock } from '../../../lambdas/adapters/system-clock.ts';
import { systemRandom } from '../../../lambdas/adapters/system-random.ts';
import { idleGate } from '../../../lambdas/core/endpoint-gate.ts';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import { ServiceError } from '../../../lambdas/core/service-error.ts';
import { endpoint, secretIdFor, webhook } from '../../builders/endpoints.ts';
import { stackPartsOf } from '../../builders/stack-parts.ts';
import { missingDynoxide } from '../../conformance/dynamodb-under-test.ts';
import { describeUnless } from '../../describe-unless.ts';
import { pcrTest } from './pcr-test.ts';
import { deliveryOf, type PcrUnderTest } from './pcr-under-test.ts';

const version = { catalog: 'AWS', kind: 'opportunity', id: 'O1234567', version: 1 } as const;

async function hold({ store }: PcrUnderTest, endpointId: EndpointId): Promise<void> {
  await store.add(deliveryOf(version, endpointId), '2026-03-01T10:00:00.000Z', 'held');
}

function runContext({ relay }: PcrUnderTest): CheckContext {
  return {
    relay,
    settings: () => Promise.reject(new Error('these credentials may not look')),
    parts: stackPartsOf(),
    io: { clock: systemClock, random: systemRandom },
  };
}

async function found({ run }: Check, pcr: PcrUnderTest) {
  return (await run(runContext(pcr))).map(({ level, found: text, advice }) => [level, text, advice]);
}

const disabled = { reason: 'by hand', at: '2026-03-01T09:00:00.000Z' } as const;
const listener = { kind: 'listener', expiresAt: '2026-03-02T10:00:00.000Z' } as const;

describeUnless(missingDynoxide, 'pcr doctor', () => {
  const test = pcrTest();

  test('names deliveries that are held for an enabled endpoint, and how to send them', async ({ pcr }) => {
    await pcr.relay.endpoints.add(endpoint({ id: 'ep_off', disabled }));
    await pcr.relay.endpoints.add(endpoint({ id: 'ep_me', destination: listener }));
    await hold(pcr, 'ep_off');
    await hold(pcr, 'ep_me');
    expect(await found(heldDeliveries, pcr)).toEqual([
      ['ok', 'No delivery is held for an enabled endpoint.', undefined],
    ]);
    await hold(pcr, 'ep_orders');
    expect(await found(heldDeliveries, pcr)).toEqual([
      [
        'warning',
        '1 delivery held for the endpoint ep_orders, although it is enabled.',
        'Send them: `pcr endpoints enable ep_orders`.',
      ],
    ]);
  });

  test('names an endpoint with an open circuit breaker, and since when it fails', async ({ pcr }) => {
    await pcr.relay.endpoints.add(endpoint({ id: 'ep_crm' }));
    const failing = { failuresInARow: 5, failingSince: '2026-03-01T09:00:00.000Z' } as const;
    await pcr.relay.gates.write('ep_crm', { slots: {}, breaker: { ...failing, openings: 0 }, pace: {} }, 0);
    expect(await found(receivers, pcr)).toEqual([['ok', 'No circuit breaker is open.', undefined]]);
    await pcr.relay.gates.write('ep_crm', { slots: {}, breaker: { ...failing, openings: 1 }, pace: {} }, 1);
    expect(await found(receivers, pcr)).toEqual([
      [
        'warning',
        'The endpoint ep_crm has been failing since 2026-03-01T09:00:00.000Z: attempts are less frequent until it recovers.',
        'See its answers: `pcr deliveries list --endpoint ep_crm --status pending --json`.',
      ],
    ]);
  });

  test('names an endpoint that nothing can be sent to, from the row of deliver or from its secret', async ({
    pcr,
  }) => {
    const run = (error?: string) =>
      found(blockedEndpoints, { ...pcr, relay: { ...pcr.relay, readSecrets: secretsWith(error) } });
    expect(await run()).toEqual([['ok', 'The relay can send to every endpoint.', undefined]]);
    expect(await run('AccessDeniedException')).toEqual(await run());
    expect(await run('InvalidRequestException')).toMatchObject([
      [
        'problem',
        'Nothing can be sent to the endpoint ep_orders: InvalidRequestException.',
        expect.stringContaining('Repair'),
      ],
    ]);
    const pause = {
      cause: 'own-fault',
      until: '2026-03-01T10:05:00.000Z',
      since: '2026-03-01T09:00:00.000Z',
      reason: 'event-bus.denied: AccessDeniedException',
    } as const;
    await pcr.relay.gates.write('ep_orders', { ...idleGate, pause }, 0);
    expect(await run()).toMatchObject([
      [
        'problem',
        'Nothing can be sent to the endpoint ep_orders: event-bus.denied: AccessDeniedException.',
        expect.stringContaining('Repair'),
      ],
    ]);
  });

  test.for([
    ['AWSCURRENT', 'AWSPREVIOUS', 'problem'],
    ['AWSPREVIOUS', 'AWSCURRENT', 'warning'],
  ] as const)(
    'names a secret whose %s cannot be used, although %s signs',
    async ([stage, other, level], { pcr }) => {
      const unusable = { endpointId: 'ep_orders', stage, error: 'DecryptionFailure' };
      const relay = { ...pcr.relay, readSecrets: secretsWith(undefined, unusable) };
      expect(await found(blockedEndpoints, { ...pcr, relay })).toMatchObject([
        [
          level,
          `The secret of the endpoint ep_orders is degraded: ${other} signs alone, because ${stage} cannot be used: DecryptionFailure.`,
          expect.stringContaining('Repair the version or its key.'),
        ],
      ]);
    },
  );

  test('names an endpoint whose row names the secret of another one', async ({ pcr }) => {
    const secretId = `${secretIdFor('ep_crm')}-a1B2c3`;
    await pcr.relay.endpoints.add(endpoint({ id: 'ep_two', destination: webhook({ secretId }) }));
    const relay = { ...pcr.relay, readSecrets: secretsWith() };
    expect(await found(blockedEndpoints, { ...pcr, relay })).toMatchObject([
      [
        'problem',
        `Nothing can be sent to the endpoint ep_two: secretId does not name a secret of ep_two; allowed: ${secretIdFor('ep_two')}, or a name that begins with ${secretIdFor('ep_two')}-.`,
        expect.stringContaining('`pcr endpoints show ep_two`'),
      ],
    ]);
  });

  test('continues if it may not read the settings of the stack', async ({ pcr }) => {
    const findings = await runChecks(runContext(pcr));
    const levelOf = (name: string) => findings.find(({ check }) => check === name)?.level;
    expect(['stack', 'quota', 'endpoints', 'deliveries'].map(levelOf)).toEqual([
      'problem',
      'problem',
      'ok',
      'ok',
    ]);
    expect(findings.filter(({ level, advice }) => level !== 'ok' && !advice)).toEqual([]);
  });
});

function secretsWith(error?: string, unusable?: UnusableVersion): Relay['readSecrets'] {
  return async () => {
    if (error) throw new ServiceError('secret.unusable', { endpointId: 'ep_orders', error });
    return { secrets: [], ...(unusable && { unusable }) };
  };
}
