import { describe, expect, it } from 'vitest';
import { isInterested } from '../../../lambdas/core/endpoint.ts';
import { messageTypes, topics } from '../../../lambdas/core/message-type.ts';
import { makeSample, sampleRef, sampleVersion } from '../../../lambdas/core/sample-version.ts';
import { endpoint } from '../../builders/endpoints.ts';

const at = '2026-03-01T10:00:00.250Z';

describe('sampleVersion', () => {
  it.each(topics)('makes a version with the topic %s from its key alone', (topic) => {
    const ref = sampleRef(topic, at);
    const version = sampleVersion(ref);
    expect(ref).toMatchObject({ catalog: 'Test', id: expect.stringMatching(/^(O|engi-|eng-|cmd_)\d{15}$/) });
    expect(version).toEqual(makeSample(topic, at));
    expect(version).toMatchObject({ ...ref, occurredAt: at });
    expect(version?.topics).toContain(topic);
    expect(version && isInterested(endpoint({ topics: [topic] }), version)).toBe(true);
    expect(Object.keys(version?.payload ?? {}).length).toBeGreaterThan(7);
  });

  it.each(messageTypes)('makes a version of type %s', (type) => {
    expect(makeSample(type, at).type).toBe(type);
  });

  it.each(topics.filter((topic) => topic.endsWith('_changed')))(
    'makes a version with the topic %s that lists the change and has no other topics',
    (topic) => {
      const { type, topics: all, changes, version } = makeSample(topic, at);
      // The quality of a deal is one of the insights.
      const around = topic.endsWith('.quality_changed') ? ['aws_opportunity_summary.insights_changed'] : [];
      expect(all).toEqual([type, ...around, topic]);
      expect(version).toBe(2);
      expect(changes).not.toEqual([]);
    },
  );

  it('has no changes if it is a first version, and lists the time of the change as AWS does', () => {
    expect(makeSample('opportunity.created', at)).toMatchObject({ version: 1, changes: [] });
    expect(makeSample('opportunity.updated', at)).toMatchObject({
      version: 2,
      changes: [
        { path: '/LastModifiedDate', before: '2026-02-28T10:00:00.250Z', after: at },
        { path: '/LifeCycle/Stage', before: 'Prospect', after: 'Qualified' },
      ],
    });
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
    { ...sampleRef('engagement.updated', at), id: sampleRef('opportunity.updated', at).id },
  ])('returns undefined for %j', (ref) => {
    expect(sampleVersion(ref)).toBeUndefined();
  });
});
