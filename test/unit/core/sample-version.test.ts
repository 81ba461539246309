import { describe, expect, it } from 'vitest';
import { isInterested } from '../../../lambdas/core/endpoint.ts';
import { messageTypes } from '../../../lambdas/core/message-type.ts';
import { sampleRef, sampleVersion } from '../../../lambdas/core/sample-version.ts';
import { endpoint } from '../../builders/endpoints.ts';

const at = '2026-03-01T10:00:00.250Z';

const changesOf = (type: (typeof messageTypes)[number]) => sampleVersion(sampleRef(type, at))?.changes;

describe('sampleVersion', () => {
  it.each(messageTypes)('returns a version of type %s with the given timestamp', (type) => {
    const ref = sampleRef(type, at);
    const version = sampleVersion(ref);
    expect(ref).toMatchObject({ catalog: 'Test', version: 1, id: expect.stringMatching(/^O\d{15}$/) });
    expect(version).toMatchObject({ ...ref, type, occurredAt: at });
    expect(version && isInterested(endpoint({ topics: [type] }), version)).toBe(true);
    expect(Object.keys(version?.payload ?? {}).length).toBeGreaterThan(2);
  });

  it('has changes unless it is a first version', () => {
    expect(changesOf('opportunity.created')).toEqual([]);
    expect(changesOf('opportunity.updated')).toEqual([
      { path: '/LifeCycle/Stage', before: 'Prospect', after: 'Qualified' },
    ]);
  });

  it('is the same for the same millisecond, and another one for the next', () => {
    const ref = sampleRef('opportunity.updated', at);
    expect(sampleVersion(ref)).toEqual(sampleVersion({ ...ref }));
    expect(sampleRef('opportunity.updated', '2026-03-01T10:00:00.251Z').id).not.toBe(ref.id);
  });

  it.each([
    { ...sampleRef('opportunity.updated', at), catalog: 'AWS' },
    { ...sampleRef('opportunity.updated', at), kind: 'engagement' } as const,
    { ...sampleRef('opportunity.updated', at), id: 'O1234567' },
    { ...sampleRef('opportunity.updated', at), id: 'O177235920025099' },
  ])('returns undefined for %j', (ref) => {
    expect(sampleVersion(ref)).toBeUndefined();
  });
});
