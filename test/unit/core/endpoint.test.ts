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

describe('isInterested', () => {
  it('accepts the types and topics of the endpoint', () => {
    expect(wants('opportunity.updated')).toBe(true);
    expect(wants('opportunity.stage_changed')).toBe(true);
    expect(wants('engagement_invitation.accepted', 'opportunity.stage_changed')).toBe(true);
  });

  it('refuses other types and topics', () => {
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
  ])('accepts a version that matches %s', (pattern) => expect(wants(pattern)).toBe(true));

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
  ])('refuses a version that %s does not match', (pattern) => expect(wants(pattern)).toBe(false));

  it('accepts the catalogs of the endpoint, or all if it has no list', () => {
    expect(isInterested({ ...endpoint, catalogs: ['Sandbox', 'AWS'] }, announced)).toBe(true);
    expect(isInterested({ ...endpoint, catalogs: ['Sandbox'] }, announced)).toBe(false);
    expect(isInterested({ ...endpoint, catalogs: ['aws'] }, announced)).toBe(false);
    expect(isInterested({ ...endpoint, catalogs: [] }, announced)).toBe(true);
  });

  it('ignores that an endpoint is disabled, because its deliveries are held', () => {
    const disabled = { reason: 'the receiver answered 410', at: '2026-03-01T10:00:00.000Z' };
    expect(isInterested({ ...endpoint, disabled }, announced)).toBe(true);
  });
});

/** A regular expression for a pattern: literal text, and any characters for an asterisk. */
function oracle(glob: string): RegExp {
  return new RegExp(
    `^${glob
      .split('*')
      .map((part) => part.replaceAll('.', '\\.'))
      .join('.*')}$`,
  );
}

describe('matchesTopic', () => {
  it.each([
    ['command.failed', true],
    ['command.*', true],
    ['*', false],
    ['*failed', false],
    ['com*', false],
  ])('matches the topic of a command only if its pattern names commands: %s', (pattern, matches) => {
    const failed = { ...announced, topics: ['command.failed'] };
    expect(isInterested({ ...endpoint, topics: [pattern] }, failed)).toBe(matches);
  });

  // Two letters and the dot, which matches any character in a regular expression.
  const pattern = fc.string({ unit: fc.constantFrom('a', 'a', 'b', '.', '*', '*'), maxLength: 7 });
  const topic = fc.string({ unit: fc.constantFrom('a', 'a', 'b', '.'), maxLength: 7 });

  it('matches the same topics as an equivalent regular expression', () => {
    fc.assert(
      fc.property(pattern, topic, (glob, text) => {
        const interested = isInterested({ ...endpoint, topics: [glob] }, { ...announced, topics: [text] });
        expect(interested).toBe(oracle(glob).test(text));
      }),
      { numRuns: 200 },
    );
  });

  it('matches a text whose parts were replaced by asterisks', () => {
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
