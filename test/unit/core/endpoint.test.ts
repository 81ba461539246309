import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Announced, isInterested } from '../../../lambdas/core/endpoint.ts';
import { endpoint as anEndpoint } from '../../builders/endpoints.ts';

const endpoint = anEndpoint({ id: 'ep_crm' });
const announced: Announced = {
  catalog: 'AWS',
  type: 'opportunity.updated',
  topics: ['opportunity.updated', 'opportunity.stage_changed'],
};
const wants = (...topics: string[]) => isInterested({ ...endpoint, topics }, announced);

describe('an endpoint is interested', () => {
  it('in the types and topics it names', () => {
    expect(wants('opportunity.updated')).toBe(true);
    expect(wants('opportunity.stage_changed')).toBe(true);
    expect(wants('engagement_invitation.accepted', 'opportunity.stage_changed')).toBe(true);
  });

  it('in nothing else', () => {
    expect(wants('opportunity.created')).toBe(false);
    expect(wants('opportunity')).toBe(false);
    expect(wants('pportunity.updated')).toBe(false);
    expect(wants('Opportunity.Updated')).toBe(false);
    expect(wants('')).toBe(false);
    expect(wants()).toBe(false);
  });

  it.each([
    '*',
    '**',
    'opportunity.*',
    '*.stage_changed',
    'opportunity.*_changed',
    '*stage*',
    'opportunity.updated*',
  ])('in what matches %s', (pattern) => expect(wants(pattern)).toBe(true));

  it.each([
    'aws_*',
    '*.created',
    'opportunity.*.*',
    '*stage',
    'opportunity.stage_changed*d',
    '*changed*stage*',
    '*stage_*_changed*',
    '*changed*changed',
    'opportunity.*opp*',
  ])('not in what %s does not match', (pattern) => expect(wants(pattern)).toBe(false));

  it('in the catalogs it names, or in all where it names none', () => {
    expect(isInterested({ ...endpoint, catalogs: ['Sandbox', 'AWS'] }, announced)).toBe(true);
    expect(isInterested({ ...endpoint, catalogs: ['Sandbox'] }, announced)).toBe(false);
    expect(isInterested({ ...endpoint, catalogs: ['aws'] }, announced)).toBe(false);
    expect(isInterested({ ...endpoint, catalogs: [] }, announced)).toBe(true);
  });

  it('still, once it is disabled: what it wants is held for it', () => {
    const disabled = { reason: 'the receiver answered 410', at: '2026-03-01T10:00:00.000Z' };
    expect(isInterested({ ...endpoint, disabled }, announced)).toBe(true);
  });
});

/** What stands between the stars literally, and any run of characters for a star. */
function oracle(glob: string): RegExp {
  return new RegExp(
    `^${glob
      .split('*')
      .map((part) => part.replaceAll('.', '\\.'))
      .join('.*')}$`,
  );
}

describe('a pattern', () => {
  // Two letters and the dot, which a regular expression would take for any character.
  const pattern = fc.string({ unit: fc.constantFrom('a', 'a', 'b', '.', '*', '*'), maxLength: 7 });
  const topic = fc.string({ unit: fc.constantFrom('a', 'a', 'b', '.'), maxLength: 7 });

  it('matches what a regular expression of the same meaning matches', () => {
    fc.assert(
      fc.property(pattern, topic, (glob, text) => {
        const interested = isInterested({ ...endpoint, topics: [glob] }, { ...announced, topics: [text] });
        expect(interested).toBe(oracle(glob).test(text));
      }),
      { numRuns: 200 },
    );
  });

  it('matches every text of which parts were replaced by stars', () => {
    const cut = fc.array(fc.tuple(topic, fc.boolean()), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(cut, (parts) => {
        const glob = parts.map(([part, star]) => (star ? '*' : part)).join('');
        const text = parts.map(([part]) => part).join('');
        expect(isInterested({ ...endpoint, topics: [glob] }, { ...announced, topics: [text] })).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
