import { describe, expect, it } from 'vitest';
import { correlationIdOf, correlationIdOfDelivery, messageIdsIn } from '../../../lambdas/core/correlation.ts';
import { messageIdOf } from '../../../lambdas/core/ids.ts';
import { sampleRef, sampleVersion } from '../../../lambdas/core/sample-version.ts';
import { opportunityEvent } from '../../builders/events.ts';
import { cause, observation, versionOf } from '../../builders/versions.ts';

const deliveryId = 'dlv_00000000000000000000000000000001';

describe('the correlation id', () => {
  it('of a version is the first of the events that one read answered', () => {
    const version = versionOf(observation({ cause: { ...cause, eventIds: ['event-1', 'event-2'] } }));
    expect(correlationIdOf(version)).toBe('event-1');
  });

  it('of a sample, which nothing led to, is its message', () => {
    const sample = sampleVersion(sampleRef('opportunity.created', '2026-03-01T10:00:00.000Z'));
    expect(sample && correlationIdOf(sample)).toBe(sample && messageIdOf(sample));
  });

  it('of a delivery is what it says, else its message', () => {
    const messageId = messageIdOf(versionOf());
    expect(correlationIdOfDelivery({ correlationId: 'event-1', messageId })).toBe('event-1');
    expect(correlationIdOfDelivery({ messageId })).toBe(messageId);
  });
});

describe('what is told of the message of a queue', () => {
  it.each([
    ['an event', opportunityEvent({ eventId: 'event-1' }), { correlationId: 'event-1' }],
    [
      'a ring for a delivery',
      { deliveryId, correlationId: 'event-1', revive: true },
      { correlationId: 'event-1', deliveryId },
    ],
    [
      'a ring for a version',
      { record: 'AWS/opportunity/O1234567', version: 2 },
      { correlationId: 'message-1', record: 'AWS/opportunity/O1234567', version: 2 },
    ],
    ['a list', [1], { correlationId: 'message-1' }],
    ['an event without an id', { id: '' }, { correlationId: 'message-1' }],
    [
      'promise 6: something else in place of ids',
      {
        id: 'Example Corp, Main Street',
        correlationId: { name: 'Example' },
        deliveryId: 'Example',
        record: 'Example',
      },
      { correlationId: 'message-1' },
    ],
    ['promise 6: a long text in place of an id', { id: 'x'.repeat(65) }, { correlationId: 'message-1' }],
  ])('%s', (_, body, told) => {
    const message = { messageId: 'message-1', body: JSON.stringify(body) };
    expect(messageIdsIn(message)).toEqual({ messageId: 'message-1', ...told });
  });

  it('is the id of the message alone where it is no JSON', () => {
    expect(messageIdsIn({ messageId: 'message-1', body: '{"id":' })).toEqual({
      messageId: 'message-1',
      correlationId: 'message-1',
    });
  });
});
