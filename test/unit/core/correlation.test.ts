import { describe, expect, it } from 'vitest';
import { correlationIdOf, correlationIdOfDelivery, messageIdsIn } from '../../../lambdas/core/correlation.ts';
import { sampleRef, sampleVersion } from '../../../lambdas/core/sample-version.ts';
import { opportunityEvent } from '../../builders/events.ts';
import { cause, messageIdFor, observation, versionOf } from '../../builders/versions.ts';

const deliveryId = 'dlv_00000000000000000000000000000001';

describe('correlationIdOf', () => {
  it('is the id of the first event behind a version', () => {
    const version = versionOf(observation({ cause: { ...cause, eventIds: ['event-1', 'event-2'] } }));
    expect(correlationIdOf(version)).toBe('event-1');
  });

  it('is the message id for a test message', () => {
    const sample = sampleVersion(sampleRef('opportunity.created', '2026-03-01T10:00:00.000Z'));
    expect(sample && correlationIdOf(sample)).toBe(sample && messageIdFor(sample));
  });

  it('is the stored id of a delivery, else its message id', () => {
    const messageId = messageIdFor(versionOf());
    expect(correlationIdOfDelivery({ correlationId: 'event-1', messageId })).toBe('event-1');
    expect(correlationIdOfDelivery({ messageId })).toBe(messageId);
  });
});

describe('messageIdsIn', () => {
  it.each([
    ['an event', opportunityEvent({ eventId: 'event-1' }), { correlationId: 'event-1' }],
    [
      'a doorbell message about a delivery',
      { deliveryId, correlationId: 'event-1', revive: true },
      { correlationId: 'event-1', deliveryId },
    ],
    [
      'a doorbell message about a version',
      { record: 'AWS/opportunity/O1234567', version: 2 },
      { correlationId: 'message-1', record: 'AWS/opportunity/O1234567', version: 2 },
    ],
    ['a list', [1], { correlationId: 'message-1' }],
    ['an event without an id', { id: '' }, { correlationId: 'message-1' }],
    [
      'a message with other values in place of ids (promise 6)',
      {
        id: 'Example Corp, Main Street',
        correlationId: { name: 'Example' },
        deliveryId: 'Example',
        record: 'Example',
      },
      { correlationId: 'message-1' },
    ],
    ['promise 6: a long text in place of an id', { id: 'x'.repeat(65) }, { correlationId: 'message-1' }],
  ])('returns the ids of %s', (_, body, ids) => {
    const message = { messageId: 'message-1', body: JSON.stringify(body) };
    expect(messageIdsIn(message)).toEqual({ messageId: 'message-1', ...ids });
  });

  it('returns the message id alone if the body is not JSON', () => {
    expect(messageIdsIn({ messageId: 'message-1', body: '{"id":' })).toEqual({
      messageId: 'message-1',
      correlationId: 'message-1',
    });
  });
});
