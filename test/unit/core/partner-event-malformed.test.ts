import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lambdas/core/json.ts';
import { parseJson } from '../../../lambdas/core/json-text.ts';
import { parsePartnerEvent } from '../../../lambdas/core/partner-event.ts';
import {
  engagementEvent,
  invitationEvent,
  opportunityEvent,
  partnerEvent,
  snapshotEvent,
  withValue,
} from '../../builders/events.ts';

function malformed(path: string, actual: string): object {
  return expect.objectContaining({
    code: 'event.malformed',
    retry: { kind: 'never' },
    details: { path, expected: expect.stringMatching(/./), actual },
  });
}

describe('parsePartnerEvent, for a malformed event', () => {
  it.each<[string, Json, string, string]>([
    ['null', null, '', 'null'],
    ['an array', [opportunityEvent()], '', 'a list'],
    ['an object as its id', withValue(opportunityEvent(), '/id', { name: 'Jane Doe' }), '/id', 'an object'],
    ['a text', 'Opportunity Created', '', '"Opportunity Created"'],
    ['an empty object', {}, '/source', 'nothing'],
    [
      'another source',
      withValue(opportunityEvent(), '/source', 'aws.partnercentral-account'),
      '/source',
      '"aws.partnercentral-account"',
    ],
    ['an empty id', withValue(opportunityEvent(), '/id', ''), '/id', '""'],
    ['an invalid time', withValue(opportunityEvent(), '/time', 'yesterday'), '/time', '"yesterday"'],
    ['a time as a number', withValue(opportunityEvent(), '/time', 1772359200), '/time', '1772359200'],
    [
      'an id as a number that JavaScript cannot hold',
      parseJson(
        JSON.stringify(opportunityEvent({ opportunityId: '-' })).replace('"-"', '12345678901234567890'),
      ),
      '/detail/opportunity/identifier',
      '12345678901234567890',
    ],
    ['a null detail', withValue(opportunityEvent(), '/detail', null), '/detail/catalog', 'nothing'],
    ['an empty catalog', withValue(opportunityEvent(), '/detail/catalog', ''), '/detail/catalog', '""'],
    ['a detail-type as a number', withValue(opportunityEvent(), '/detail-type', 1), '/detail-type', '1'],
    ['no opportunity', partnerEvent({}, {}), '/detail/opportunity/identifier', 'nothing'],
    [
      'an id in lower case',
      opportunityEvent({ opportunityId: 'o1234567' }),
      '/detail/opportunity/identifier',
      '"o1234567"',
    ],
    [
      'an id of 20 digits',
      opportunityEvent({ opportunityId: `O${'1'.repeat(20)}` }),
      '/detail/opportunity/identifier',
      '"O11111111111111111111"',
    ],
    [
      'an id with a line break',
      opportunityEvent({ opportunityId: 'O1\n' }),
      '/detail/opportunity/identifier',
      '"O1\\n"',
    ],
    [
      'a short invitation id',
      invitationEvent({ invitationId: 'engi-abc' }),
      '/detail/engagementInvitation/id',
      '"engi-abc"',
    ],
    [
      'an engagement id with other characters',
      engagementEvent({ engagementId: 'eng-ABCD/1234' }),
      '/detail/engagement/engagementId',
      '"eng-ABCD/1234"',
    ],
    [
      'an invalid engagement id of a new member',
      engagementEvent({ detailType: 'Engagement Member Added', engagementId: 'String' }),
      '/detail/engagement/id',
      '"String"',
    ],
    [
      'a missing engagement',
      partnerEvent({ detailType: 'Engagement Created' }, {}),
      '/detail/engagement/engagementId',
      'nothing',
    ],
    [
      'a missing engagement of a snapshot',
      withValue(snapshotEvent(), '/detail/resourceSnapshot', {}),
      '/detail/resourceSnapshot/engagementId',
      'nothing',
    ],
  ])('an error names path and value of %s', (_, event, path, actual) => {
    expect(() => parsePartnerEvent(event)).toThrow(malformed(path, actual));
  });

  it.each<[string, Json, string, string]>([
    [
      'an identifier String',
      opportunityEvent({ opportunityId: 'String' }),
      '/detail/opportunity/identifier',
      '"String"',
    ],
    [
      'a catalog `<Sandbox | AWS>`',
      opportunityEvent({ catalog: '`<Sandbox | AWS>`' }),
      '/detail/catalog',
      '"`<Sandbox | AWS>`"',
    ],
    [
      'a participant type Enum',
      invitationEvent({ participantType: 'Enum' }),
      '/detail/engagementInvitation/participantType',
      '"Enum"',
    ],
    [
      'a payload type in brackets',
      invitationEvent({ payloadType: '<type>' }),
      '/detail/engagementInvitation/payloadType',
      '"<type>"',
    ],
    [
      'an account string',
      withValue(invitationEvent(), '/detail/engagementInvitation/senderAccountId', 'string'),
      '/detail/engagementInvitation/senderAccountId',
      '"string"',
    ],
    [
      'an expiration date string',
      withValue(invitationEvent(), '/detail/engagementInvitation/expirationDate', 'string'),
      '/detail/engagementInvitation/expirationDate',
      '"string"',
    ],
  ])('an event with a placeholder of the documentation is malformed: %s', (_, event, path, actual) => {
    expect(() => parsePartnerEvent(event)).toThrow(malformed(path, actual));
  });

  it('an error prints at most 64 characters of the value', () => {
    const event = opportunityEvent({ opportunityId: 'x'.repeat(1000) });
    expect(() => parsePartnerEvent(event)).toThrow(
      malformed('/detail/opportunity/identifier', `"${'x'.repeat(61)}…"`),
    );
  });
});
