import { expect, test } from 'vitest';
import { heldDeliveries, receivers } from '../../../bin/pcr/doctor/delivery-checks.ts';
import type { Check, CheckContext } from '../../../bin/pcr/doctor/finding.ts';
import { runChecks } from '../../../bin/pcr/doctor/run-checks.ts';
import { dynamodbDeliveryStore } from '../../../lambdas/adapters/dynamodb-delivery-store.ts';
import { systemClock } from '../../../lambdas/adapters/system-clock.ts';
import { systemRandom } from '../../../lambdas/adapters/system-random.ts';
import { deliveryIdOf, type EndpointId, messageIdOf } from '../../../lambdas/core/ids.ts';
import { dynoxideBinary } from '../../../local/host/tables/dynamodb-engine.ts';
import { endpoint } from '../../builders/endpoints.ts';
import { useDynamoDb } from '../../conformance/dynamodb-under-test.ts';
import { describeUnless } from '../../describe-unless.ts';
import { type PcrUnderTest, pcrOn } from './pcr-under-test.ts';

const missing =
  dynoxideBinary() !== undefined || process.env['CI'] ? undefined : 'its binary is built for Linux x64 alone';

const version = { catalog: 'AWS', kind: 'opportunity', id: 'O1234567', version: 1 } as const;

async function hold({ relay }: PcrUnderTest, endpointId: EndpointId): Promise<void> {
  const store = dynamodbDeliveryStore(relay.clients.dynamodb, relay.output('WebhooksTableName'));
  const messageId = messageIdOf(version);
  const id = deliveryIdOf(messageId, endpointId);
  await store.add({ id, messageId, endpointId, version, wanted: true }, '2026-03-01T10:00:00.000Z', 'held');
}

function runContext({ relay }: PcrUnderTest): CheckContext {
  return {
    relay,
    settings: () => Promise.reject(new Error('these credentials may not look')),
    io: { clock: systemClock, random: systemRandom },
  };
}

async function found({ run }: Check, pcr: PcrUnderTest) {
  return (await run(runContext(pcr))).map(({ level, found: text, advice }) => [level, text, advice]);
}

const disabled = { reason: 'by hand', at: '2026-03-01T09:00:00.000Z' } as const;
const listener = { kind: 'listener', expiresAt: '2026-03-02T10:00:00.000Z' } as const;

describeUnless(missing, 'pcr doctor', () => {
  const engine = useDynamoDb('dynoxide');

  test('names deliveries that are held for an enabled endpoint, and how to send them', async () => {
    const pcr = await pcrOn(engine, [
      endpoint(),
      endpoint({ id: 'ep_off', disabled }),
      endpoint({ id: 'ep_me', destination: listener }),
    ]);
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

  test('names an endpoint with an open circuit breaker, and since when it fails', async () => {
    const pcr = await pcrOn(engine, [endpoint(), endpoint({ id: 'ep_crm' })]);
    const failing = { failuresInARow: 5, failingSince: '2026-03-01T09:00:00.000Z' } as const;
    await pcr.relay.gates.write('ep_crm', { slots: {}, breaker: { ...failing, openings: 0 }, pace: {} }, 0);
    expect(await found(receivers, pcr)).toEqual([['ok', 'No circuit breaker is open.', undefined]]);
    await pcr.relay.gates.write('ep_crm', { slots: {}, breaker: { ...failing, openings: 1 }, pace: {} }, 1);
    expect(await found(receivers, pcr)).toEqual([
      [
        'warning',
        'The endpoint ep_crm has been failing since 2026-03-01T09:00:00.000Z: attempts are less frequent until it recovers.',
        'See its answers: `pcr deliveries list --endpoint ep_crm --status pending`, then `pcr deliveries show`.',
      ],
    ]);
  });

  test('continues if it may not read the settings of the stack', async () => {
    const pcr = await pcrOn(engine, [endpoint()]);
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
