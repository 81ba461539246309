import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diff } from '../../../lambdas/core/change.ts';
import type { Redact } from '../../../lambdas/core/endpoint.ts';
import { ExactNumber } from '../../../lambdas/core/exact-number.ts';
import { type JsonObject, omitNulls } from '../../../lambdas/core/json.ts';
import { messageOf } from '../../../lambdas/core/message.ts';
import { redactedTexts } from '../../../lambdas/core/message-redaction.ts';
import type { Version } from '../../../lambdas/core/version.ts';
import { endpoint } from '../../builders/endpoints.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { observation, versionOf } from '../../builders/versions.ts';

function payloadOf(email: string, stage: string, of: JsonObject = {}): JsonObject {
  return {
    ...opportunityPayload(),
    Customer: {
      Account: { CompanyName: 'Example Corp', Industry: 'Energy' },
      Contacts: [{ Phone: '+15550100' }, { Email: email, FirstName: 'Jane' }],
    },
    LifeCycle: { Stage: stage, NextSteps: `Call ${email}` },
    RelatedEntityIdentifiers: { Solutions: ['S-1', 'S-2'] },
    ...of,
  };
}

const solutions = [
  { id: 'S-1', name: 'Example Platform' },
  { id: 'S-2', name: 'Example Database' },
];
const first = versionOf(observation({ payload: payloadOf('old@example.com', 'Prospect'), solutions }));
const second = versionOf(
  observation({
    payload: payloadOf('new@example.com', 'Qualified', { LastModifiedDate: '2026-03-02T10:00:00Z' }),
    readAt: '2026-03-02T10:00:02.000Z',
    solutions,
  }),
  first,
);

function dataOf(version: Version, redact: Redact, payload: 'full' | 'thin' = 'full'): JsonObject {
  const parsed: { data: JsonObject } = JSON.parse(messageOf(version, endpoint({ redact, payload })).body);
  return parsed.data;
}

describe('redact: only', () => {
  it('sends of the record only the members that are listed', () => {
    const only = ['/LifeCycle/Stage', '/Customer/Account/Industry'];
    expect(dataOf(second, { only })).toEqual({
      catalog: 'AWS',
      kind: 'opportunity',
      id: 'O1234567',
      version: 2,
      topics: ['opportunity.updated', 'opportunity.stage_changed'],
      changes: [{ path: '/LifeCycle/Stage', before: 'Prospect', after: 'Qualified' }],
      cause: second.cause,
      record: { LifeCycle: { Stage: 'Qualified' }, Customer: { Account: { Industry: 'Energy' } } },
    });
  });

  it('takes stars and numbers as in a list of what is left out', () => {
    const emails = [{}, { Email: 'new@example.com' }];
    expect(dataOf(second, { only: ['/Customer/*/*/Email'] })).toMatchObject({
      record: { Customer: { Contacts: emails } },
      changes: [{ path: '/Customer/Contacts/1/Email' }],
    });
    expect(dataOf(second, { only: ['/Customer/Contacts/0'] })).toMatchObject({
      record: { Customer: { Contacts: [{ Phone: '+15550100' }] } },
      changes: [],
    });
    expect(dataOf(second, { only: ['/*'] })).toEqual(dataOf(second, []));
  });

  it('sends an empty record and no changes if no member is there', () => {
    expect(dataOf(second, { only: ['/Customer/Name/x', '/Nothing'] })).toMatchObject({
      record: {},
      changes: [],
      topics: ['opportunity.updated'],
    });
  });

  it('leaves out the topics and paths of members that are not listed, in a thin message too', () => {
    const { topics, changes, record } = dataOf(second, { only: ['/Customer/Contacts/*/Email'] }, 'thin');
    expect({ topics, changes, record }).toEqual({
      topics: ['opportunity.updated', 'opportunity.contacts_changed'],
      changes: [{ path: '/Customer/Contacts/1/Email' }],
    });
  });

  it('sends of a change above a listed member only the values of that member', () => {
    const bare = versionOf(observation({ payload: omitNulls({ ...opportunityPayload(), Customer: null }) }));
    const added = versionOf(
      observation({
        payload: payloadOf('new@example.com', 'Qualified', { LastModifiedDate: '2026-03-02T10:00:00Z' }),
        readAt: '2026-03-02T10:00:02.000Z',
      }),
      bare,
    );
    expect(dataOf(added, { only: ['/Customer/Account/Industry'] })['changes']).toEqual([
      { path: '/Customer', after: { Account: { Industry: 'Energy' } } },
    ]);
  });

  it('names solutions and links as far as the message needs them', () => {
    const links = [{ kind: 'engagement', id: 'eng-abcdefgh123456', via: 'snapshot' }] as const;
    const linked = { ...second, links, topics: [...second.topics, 'opportunity.linked'] };
    const listed = dataOf(linked, { only: ['/RelatedEntityIdentifiers/Solutions/1'] });
    expect(listed).toMatchObject({ links, solutions: solutions.slice(1) });
    expect(dataOf(linked, { only: ['/LifeCycle/Stage'] })).not.toHaveProperty('solutions');
    expect(listed['topics']).toEqual(['opportunity.updated', 'opportunity.linked']);
  });

  it('reveals no text of another member, whatever the record and its changes are', () => {
    const text = fc.string({ minLength: 1, maxLength: 3 }).map((some) => `secret ${some}`);
    const open = fc.string({ minLength: 1, maxLength: 3 }).map((some) => `open ${some}`);
    const person = fc.record({ Email: open, Name: text }, { requiredKeys: [] });
    const member = fc.oneof(text, person, fc.array(fc.oneof(person, text), { maxLength: 3 }));
    const payload = fc.record({ Contacts: member, Owner: member, Team: member }, { requiredKeys: [] });
    const only = ['/Contacts/*/Email', '/Owner/Email', '/Team/0/Email'];
    fc.assert(
      fc.property(payload, payload, (before, after) => {
        const version = { ...second, payload: after, changes: diff(before, after) };
        expect(messageOf(version, endpoint({ redact: { only } })).body).not.toContain('secret');
        for (const change of JSON.parse(messageOf(version, endpoint({ redact: { only } })).body).data.changes)
          expect(JSON.stringify(change)).toContain('open ');
      }),
      { numRuns: 300 },
    );
  });
});

describe('a list of what is left out', () => {
  it('leaves out a solution with its id', () => {
    const path = '/RelatedEntityIdentifiers/Solutions';
    expect(dataOf(second, [path])).not.toHaveProperty('solutions');
    expect(dataOf(second, [`${path}/0`])).toMatchObject({ solutions: solutions.slice(1) });
    expect(dataOf(second, ['/Customer'])).toMatchObject({ solutions });
  });
});

describe('redactedTexts', () => {
  const payload = { Customer: { Account: { Name: 'Acme', Size: 4000 } }, Contacts: [{ Email: 'a@b.c' }] };
  const changed = versionOf(observation({ payload: omitNulls(payload) }), {
    ...versionOf(observation({ payload: { Customer: { Account: { Name: 'Old Acme' } }, Contacts: [] } })),
  });

  it('returns a number that JavaScript cannot hold as it was written', () => {
    const salary = { Account: { Salary: new ExactNumber('12345678901234567890') } };
    const version = versionOf(observation({ payload: { Customer: salary } }));
    expect(redactedTexts(version, ['/Customer/Account/Salary'])).toEqual(['12345678901234567890']);
  });

  it('returns the values at the pointers, in the record and in its changes', () => {
    const redact = ['/Customer/Account', '/Contacts/*/Email'];
    expect(redactedTexts(changed, redact).toSorted()).toEqual(['4000', 'Acme', 'Old Acme', 'a@b.c']);
  });

  it('returns nothing without a redaction', () => {
    expect(redactedTexts(changed, [])).toEqual([]);
  });

  it('returns all values that are not listed as only, but none that the message has', () => {
    expect(redactedTexts(changed, { only: ['/Contacts/*/Email'] }).toSorted()).toEqual([
      '4000',
      'Acme',
      'Old Acme',
    ]);
    const texts = redactedTexts(second, { only: ['/LifeCycle/Stage'] });
    expect(texts).toEqual(expect.arrayContaining(['Example Corp', 'Jane', 'old@example.com', 'S-1']));
    for (const sent of ['O1234567', 'AWS', 'Qualified', 'Prospect']) expect(texts).not.toContain(sent);
  });
});
