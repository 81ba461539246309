import { beforeEach, describe, expect, it } from 'vitest';
import { deliveryIdOf } from '../../../lambdas/core/ids.ts';
import type { Version } from '../../../lambdas/core/version.ts';
import { appendVersion, leaveOutbox } from '../../builders/append-version.ts';
import { endpoint } from '../../builders/endpoints.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { observation, versionOf } from '../../builders/versions.ts';
import { answered } from '../../fakes/scripted-webhook-transport.ts';
import {
  addDelivery,
  type DeliverWorld,
  deliverWorld,
  deliveryId as first,
  ring,
  rowOf,
  version,
} from './deliver-world.ts';

const echoes = [{ client: 'crm', commands: [{ id: 'cmd_1', key: 'deal-1' }] }];
const changed = versionOf(observation({ payload: opportunityPayload({ stage: 'Qualified' }) }), version);
const echo: Version = { ...changed, echoes };
const id = deliveryIdOf(echo.messageId, 'ep_orders');
const omitting = endpoint({ client: 'crm', echo: 'omit', ordering: 'per-record' });

let world: DeliverWorld;
beforeEach(async () => {
  world = await deliverWorld();
  await appendVersion(world.records, version, echo, '2026-03-01T10:01:00.000Z');
  await leaveOutbox(world.records, version);
});

describe('promise 8: the delivery of an echo to an endpoint that omits it', () => {
  it('waits for its predecessor, then ends as skipped for that reason, without an attempt', async () => {
    world.endpoints.put(omitting);
    await addDelivery(world, 'ep_orders', echo, false);
    await ring(world, {}, id);
    expect(rowOf(world, id)).toMatchObject({ status: 'pending', waitsFor: first });
    world.transport.answer(answered(204));
    await ring(world);
    await ring(world, {}, id);
    expect(rowOf(world, id)).toMatchObject({ status: 'skipped', reason: 'echo', attempts: [] });
    expect(world.transport.posts).toHaveLength(1);
    expect(world.metrics.totals()).toMatchObject({ DeliveriesSkipped: 1 });
    expect(world.log.of('delivery.gap-passed')).toEqual([]);
  });

  it.for([{ echo: 'mark' }, { topics: ['engagement.*'] }] as const)(
    'has no reason if the endpoint does not want the version for another cause: %j',
    async (other) => {
      world.endpoints.put({ ...omitting, ordering: 'none', ...other });
      await addDelivery(world, 'ep_orders', echo, false);
      await ring(world, {}, id);
      expect(rowOf(world, id)).toMatchObject({ status: 'skipped', reason: undefined });
    },
  );

  it('is skipped too if the endpoint was unreadable at fan-out', async () => {
    world.endpoints.put({ ...omitting, ordering: 'none' });
    const { messageId, previousMessageId } = echo;
    const undecided = { id, messageId, previousMessageId, endpointId: 'ep_orders', version: echo } as const;
    await world.deliveries.add(undecided, '2026-03-01T10:00:00.000Z');
    await ring(world, {}, id);
    expect(rowOf(world, id)).toMatchObject({ status: 'skipped', reason: 'echo' });
  });

  it('is sent if a replay wants it, and says in its cause that it is an echo', async () => {
    world.endpoints.put({ ...omitting, ordering: 'none' });
    await addDelivery(world, 'ep_orders', echo, true);
    world.transport.answer(answered(204));
    await ring(world, {}, id);
    const [post] = world.transport.posts;
    expect(JSON.parse(post?.body ?? '').data.cause.commands).toEqual(echoes[0]?.commands);
  });
});
