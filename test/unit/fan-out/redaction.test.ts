import { describe, expect, it } from 'vitest';
import { messageOf } from '../../../lambdas/core/message.ts';
import { redactPayload } from '../../../lambdas/core/redaction.ts';
import { laterAfter, ServiceError } from '../../../lambdas/core/service-error.ts';
import { fanOut } from '../../../lambdas/fan-out/fan-out.ts';
import { endpoint } from '../../builders/endpoints.ts';
import { invitationPayload } from '../../builders/invitation-payloads.ts';
import { invitationKey, observation } from '../../builders/versions.ts';
import { crashEverywhere, untilCrash } from '../../fakes/crashing.ts';
import { deliveryIdFor, type FanOutWorld, fanOutDeps, fanOutWorld, storeVersion } from './fan-out-world.ts';

/** An invitation that was created and then rejected. */
async function rejectedIn(world: FanOutWorld, redacted = true) {
  const came = observation({ key: invitationKey, payload: invitationPayload() });
  const first = await storeVersion(world, came);
  const rejected = invitationPayload({ status: 'REJECTED' });
  const payload = redacted ? redactPayload(rejected) : rejected;
  const taken = observation({ key: invitationKey, payload, redacted });
  return { first, second: await storeVersion(world, taken, first) };
}

describe('fanning out a redacted version', () => {
  it('redacts the earlier versions and adds deliveries as usual', async () => {
    const world = fanOutWorld([endpoint()]);
    const { first, second } = await rejectedIn(world);
    await fanOut(second, fanOutDeps(world));
    expect(await world.records.version(first)).toMatchObject({ redacted: true, version: 1 });
    expect(JSON.stringify(world.records.versions())).not.toContain('Example Corp');
    expect(world.deliveries.find(deliveryIdFor(second, 'ep_orders'))).toMatchObject({ status: 'pending' });
    expect(world.metrics.totals()).toEqual({ VersionsFannedOut: 1, DeliveriesAdded: 1, VersionsRedacted: 1 });
    // The first version is still fanned out by itself, redacted.
    expect(world.records.outbox()).toMatchObject([{ version: 1 }]);
  });

  it('keeps the webhook-id of a pending message, which is then sent redacted', async () => {
    const world = fanOutWorld([endpoint()]);
    const { first, second } = await rejectedIn(world);
    await fanOut(first, fanOutDeps(world));
    await fanOut(second, fanOutDeps(world));
    const left = await world.records.version(first);
    const row = world.deliveries.find(deliveryIdFor(first, 'ep_orders'));
    expect(left && messageOf(left, endpoint()).id).toBe(row?.messageId);
    expect(left && messageOf(left, endpoint()).body).not.toContain('Example Corp');
  });

  it('redacts even if no endpoint is interested, or if an endpoint is unreadable', async () => {
    const quiet = fanOutWorld([]);
    const unwanted = await rejectedIn(quiet);
    await fanOut(unwanted.second, fanOutDeps(quiet));
    expect(await quiet.records.version(unwanted.first)).toMatchObject({ redacted: true });

    const world = fanOutWorld([endpoint()]);
    world.endpoints.spoil('ep_orders');
    const { first, second } = await rejectedIn(world);
    await fanOut(second, fanOutDeps(world));
    expect(await world.records.version(first)).toMatchObject({ redacted: true });
    expect(world.records.outbox()).toMatchObject([{ version: 1 }]);
  });

  it('keeps the version in the outbox until the redaction succeeds', async () => {
    const world = fanOutWorld([endpoint()]);
    const { second } = await rejectedIn(world);
    const details = { operation: 'redactBefore', error: 'TimeoutError' };
    const unavailable = new ServiceError('store.unavailable', details, { retry: laterAfter(2_000) });
    const records = { ...world.records, redactBefore: () => Promise.reject(unavailable) };
    await expect(fanOut(second, { ...fanOutDeps(world), records })).rejects.toBe(unavailable);
    expect(world.records.outbox()).toMatchObject([{ version: 1 }, { version: 2 }]);
    expect(world.metrics.totals()).toEqual({});
  });

  it('is repeated by sweep after a crash at any call', async () => {
    const crashes = await crashEverywhere(async (process) => {
      const world = fanOutWorld([endpoint()]);
      const { first, second } = await rejectedIn(world);
      await untilCrash(fanOut(second, { ...fanOutDeps(world), records: process.wrap(world.records) }));
      for (const ref of world.records.outbox()) await fanOut(ref, fanOutDeps(world));
      expect(await world.records.version(first)).toMatchObject({ redacted: true });
      expect(world.records.outbox()).toEqual([]);
    });
    // announced, redactBefore, removeIntent
    expect(crashes).toBe(2 * 3);
  });
});

it('fanning out a version that is not redacted does not redact earlier versions', async () => {
  const world = fanOutWorld([endpoint()]);
  const { first, second } = await rejectedIn(world, false);
  await fanOut(second, fanOutDeps(world));
  expect(await world.records.version(first)).toEqual(first);
  expect(world.metrics.totals()).toEqual({ VersionsFannedOut: 1, DeliveriesAdded: 1 });
});
