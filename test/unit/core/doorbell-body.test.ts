import { describe, expect, it } from 'vitest';
import {
  deliveryDoorbellBody,
  parkedDeliveryBody,
  parseDeliveryDoorbell,
} from '../../../lambdas/core/doorbell-body.ts';
import { deliveryIdOf, messageIdOf } from '../../../lambdas/core/ids.ts';
import { opportunityKey } from '../../builders/versions.ts';

const deliveryId = deliveryIdOf(messageIdOf({ ...opportunityKey, version: 1 }), 'ep_orders');

describe('a ring for a delivery', () => {
  it.each([
    [undefined, {}],
    [{ endpointId: 'ep_orders' }, { endpointId: 'ep_orders' }],
    [
      { endpointId: 'ep_orders', timesRefused: 2 },
      { endpointId: 'ep_orders', timesRefused: 2 },
    ],
    [
      { endpointId: 'ep_orders', wanted: false },
      { endpointId: 'ep_orders', wanted: false },
    ],
  ] as const)('says what it was given, %j', (details, read) => {
    const body = JSON.parse(deliveryDoorbellBody(deliveryId, details));
    expect(parseDeliveryDoorbell(body)).toEqual({ deliveryId, revive: false, ...read });
  });

  it('revives once it was parked', () => {
    expect(parseDeliveryDoorbell(JSON.parse(parkedDeliveryBody(deliveryId)))).toEqual({
      deliveryId,
      revive: true,
    });
  });

  it.each([
    { endpointId: 'orders' },
    { timesRefused: -1 },
    { timesRefused: '3' },
    { wanted: 0 },
    { endpointId: null },
  ])('is answered without what cannot be read of it: %j', (odd) => {
    expect(parseDeliveryDoorbell(JSON.parse(JSON.stringify({ deliveryId, ...odd })))).toEqual({
      deliveryId,
      revive: false,
    });
  });
});
