import { randomBytes } from 'node:crypto';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secretsManagerSecretAdmin } from '../../bin/pcr/stores/secrets-manager-secret-admin.ts';
import { httpsWebhookTransport } from '../../lambdas/adapters/https-webhook-transport.ts';
import { secretsManagerSecretStore } from '../../lambdas/adapters/secrets-manager-secret-store.ts';
import type { DeliveryId } from '../../lambdas/core/ids.ts';
import { instantOf } from '../../lambdas/core/instant.ts';
import type { SigningSecret } from '../../lambdas/core/signature.ts';
import { Receiver } from '../../local/receiver.ts';
import { appendVersion } from '../builders/append-version.ts';
import { endpoint, secretIdFor, webhook } from '../builders/endpoints.ts';
import { observation, opportunityKey, versionOf } from '../builders/versions.ts';
import { manualClock } from '../fakes/manual-clock.ts';
import { addDelivery, type DeliverWorld, deliverWorld, ring, rowOf } from '../unit/deliver/deliver-world.ts';
import { useSecretsManager } from './host/secrets/use-secrets-manager.ts';

const client = useSecretsManager();

function newSecret(): SigningSecret {
  return `whsec_${randomBytes(32).toString('base64')}`;
}
const [before, after] = [newSecret(), newSecret()];
const secretId = secretIdFor('ep_orders');

/**
 * The same receiver before and after its operator replaces the secret. It knows one secret at a
 * time.
 */
const oldReceiver = new Receiver(before);
const newReceiver = new Receiver(after);
const urls = { old: '', new: '' };
beforeAll(async () => {
  urls.old = await oldReceiver.start();
  urls.new = await newReceiver.start();
});
afterAll(async () => {
  await oldReceiver.stop();
  await newReceiver.stop();
});

const deliveries = 500;
const atOnce = 10;
/** Fifty rounds take 200 seconds. Verifiers accept signatures that are up to five minutes old. */
const roundMs = 4_000;

async function worldOf(count: number): Promise<{ world: DeliverWorld; ids: readonly DeliveryId[] }> {
  const world = await deliverWorld();
  const ids: DeliveryId[] = [];
  for (let index = 0; index < count; index += 1) {
    const version = versionOf(observation({ key: { ...opportunityKey, id: `O${2_000_000 + index}` } }));
    await appendVersion(world.records, undefined, version, '2026-03-01T10:01:00.000Z');
    ids.push(await addDelivery(world, 'ep_orders', version));
  }
  return { world, ids };
}

describe('secret rotation', () => {
  it('loses no delivery and breaks no signature if it happens during 500 deliveries', async () => {
    const { world, ids } = await worldOf(deliveries);
    const admin = secretsManagerSecretAdmin(client());
    await admin.create(secretId, [before]);
    const clock = manualClock(instantOf(Date.now()));
    const transport = httpsWebhookTransport({ network: 'loopback', allowedCidrs: [] });
    // Each worker caches secrets, and has read them at a different time.
    const workers = Array.from({ length: 4 }, () => secretsManagerSecretStore(client(), clock));
    const send = async (id: DeliveryId, index: number) => {
      const secrets = workers[index % workers.length] ?? workers[0];
      await ring(world, { clock, transport, ...(secrets && { secrets }) }, id);
    };
    const pointTo = (url: string) =>
      world.endpoints.put(endpoint({ destination: webhook({ url, secretId }) }));
    /** The steps of the operator, by round. */
    const steps = new Map<number, () => unknown>([
      [0, () => pointTo(urls.old)],
      [15, () => admin.rotate(secretId, [after])],
      // A minute after the rotation no worker caches the old secret. The receiver may use only the
      // new one.
      [30, () => pointTo(urls.new)],
      [40, () => admin.finishRotation(secretId)],
    ]);
    for (let round = 0; round < deliveries / atOnce; round += 1) {
      const due = ids.slice(round * atOnce, (round + 1) * atOnce);
      // Deliveries run while the operator's step runs, except in the first round.
      if (round === 0) await steps.get(round)?.();
      await Promise.all([steps.get(round)?.(), ...due.map(send)]);
      clock.advance(roundMs);
    }
    expect(oldReceiver.refused.concat(newReceiver.refused)).toEqual([]);
    const received = [...oldReceiver.receipts, ...newReceiver.receipts].map(({ webhookId }) => webhookId);
    expect(received.toSorted()).toEqual(ids.map((id) => rowOf(world, id).messageId).toSorted());
    expect(ids.filter((id) => rowOf(world, id).status !== 'delivered')).toEqual([]);
    // Many deliveries used the new secret, so that both halves were tested.
    expect(newReceiver.receipts.length).toBeGreaterThanOrEqual(190);
    expect(await admin.state(secretId)).toMatchObject({ isRotating: false });
  });

  it('ignores a version that a rotation of AWS left pending: it signs nothing and is not reported', async () => {
    const id = secretIdFor('ep_pending');
    const admin = secretsManagerSecretAdmin(client());
    await admin.create(id, [before]);
    const pending = { SecretId: id, SecretString: after, VersionStages: ['AWSPENDING'] };
    await client().send(new PutSecretValueCommand(pending));
    const signer = { id: 'ep_pending', secretId: id } as const;
    const store = secretsManagerSecretStore(client(), manualClock(instantOf(Date.now())));
    expect(await store.signingSecrets(signer)).toEqual([before]);
    expect(await admin.state(id)).toMatchObject({ isRotating: false });
    expect(await admin.finishRotation(id)).toBe('none');
    // Our own rotation goes on beside it.
    const third = newSecret();
    await admin.rotate(id, [third]);
    const later = secretsManagerSecretStore(client(), manualClock(instantOf(Date.now())));
    expect(await later.signingSecrets(signer)).toEqual([third, before]);
  });
});
