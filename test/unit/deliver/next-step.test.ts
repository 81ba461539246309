import { describe, expect, it } from 'vitest';
import { deliveryIdOf } from '../../../lambdas/core/ids.ts';
import { nextStep, type Predecessor } from '../../../lambdas/deliver/next-step.ts';
import type { ClaimedDelivery, DeliveryState } from '../../../lambdas/ports/delivery-store.ts';
import { endpoint } from '../../builders/endpoints.ts';
import { messageIdFor, opportunityKey } from '../../builders/versions.ts';

const now = '2026-03-01T10:00:00.000Z';
const version = { ...opportunityKey, version: 2 };
const messageId = messageIdFor(version);
const id = deliveryIdOf(messageId, 'ep_orders');
const claimed: ClaimedDelivery = {
  id,
  messageId,
  endpointId: 'ep_orders',
  version,
  wanted: true,
  attemptNumber: 1,
  replayed: false,
};

function predecessorIn(state: Predecessor['state'] | Partial<DeliveryState>): Predecessor {
  if (typeof state === 'string') return { id, state };
  return { id, state: { endpointId: 'ep_orders', status: 'pending', wanted: true, ...state } };
}

function stepAfter(predecessor: Predecessor | undefined, changes: Partial<ClaimedDelivery> = {}) {
  return nextStep({ ...claimed, ...changes }, endpoint(), predecessor, now);
}

describe('nextStep', () => {
  it('sends a wanted delivery without a predecessor', () => {
    expect(stepAfter(undefined)).toEqual({ step: 'send', endpoint: endpoint() });
  });

  it.each(['delivered', 'exhausted', 'cancelled', 'skipped'] as const)(
    'sends a delivery whose predecessor is %s, or skips it if it is not wanted',
    (status) => {
      expect(stepAfter(predecessorIn({ status }))).toMatchObject({ step: 'send' });
      expect(stepAfter(predecessorIn({ status }), { wanted: false })).toEqual({ step: 'skip' });
    },
  );

  it.each([
    ['is pending', { dueAt: '2026-03-01T10:05:00.000Z' }, '2026-03-01T10:05:01.000Z'],
    ['is overdue', { dueAt: '2026-03-01T09:00:00.000Z' }, '2026-03-01T10:00:01.000Z'],
    ['is held', { status: 'held' }, '2026-03-01T10:00:01.000Z'],
    ['is not fanned out', 'not-fanned-out', '2026-03-01T10:00:03.000Z'],
  ] as const)('lets a delivery wait whose predecessor %s', (_, state, dueAt) => {
    const predecessor = predecessorIn(state);
    expect(stepAfter(predecessor)).toEqual({ step: 'wait', predecessor, dueAt });
    expect(stepAfter(predecessor, { wanted: false })).toEqual({ step: 'wait', predecessor, dueAt });
  });

  it.each([
    endpoint({ disabled: { reason: 'by an operator', at: now } }),
    endpoint({ destination: { kind: 'listener', expiresAt: now } }),
  ])('holds a delivery to an endpoint that is disabled or a listener', (given) => {
    expect(nextStep({ ...claimed, attemptNumber: 99 }, given, undefined, now)).toEqual({ step: 'hold' });
  });

  it('gives a delivery up if its endpoint does not exist, or after the last attempt', () => {
    const missing = nextStep(claimed, undefined, undefined, now);
    expect(missing).toMatchObject({ step: 'give-up', error: { code: 'endpoint.missing' } });
    const error = { code: 'delivery.exhausted', details: { lastOutcome: 'interrupted' } };
    expect(stepAfter(undefined, { attemptNumber: 10 })).toMatchObject({ step: 'send' });
    expect(stepAfter(undefined, { attemptNumber: 11 })).toMatchObject({ step: 'give-up', error });
  });
});
