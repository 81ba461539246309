import { describe, expect, it } from 'vitest';
import {
  deliveryDoorbellBody,
  parkedDeliveryBody,
  parseDeliveryDoorbell,
} from '../../../lambdas/core/doorbell-body.ts';
import { deliveryIdOf } from '../../../lambdas/core/ids.ts';
import { messageIdFor, opportunityKey } from '../../builders/versions.ts';

const deliveryId = deliveryIdOf(messageIdFor({ ...opportunityKey, version: 1 }), 'ep_orders');

describe('doorbell message of a delivery', () => {
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
    [{ endpointId: 'ep_orders', wanted: true }, { endpointId: 'ep_orders' }],
  ] as const)('carries the details %j, but never `wanted: true`', (details, read) => {
    const body = JSON.parse(deliveryDoorbellBody(deliveryId, details));
    expect(parseDeliveryDoorbell(body)).toEqual({ deliveryId, revive: false, ...read });
    expect(body).toEqual({ deliveryId, ...read });
  });

  it('asks to revive the delivery in a message of the parked queue', () => {
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
  ])('is read without the invalid detail %j', (invalid) => {
    expect(parseDeliveryDoorbell(JSON.parse(JSON.stringify({ deliveryId, ...invalid })))).toEqual({
      deliveryId,
      revive: false,
    });
  });
});
