import { describe, expect, it } from 'vitest';
import { messageIdOf } from '../../../lambdas/core/ids.ts';
import { redactPayload } from '../../../lambdas/core/redaction.ts';
import { decide, restate } from '../../../lambdas/core/version.ts';
import { invitationPayload } from '../../builders/invitation-payloads.ts';
import { awsSummaryPayload, opportunityPayload } from '../../builders/payloads.ts';
import { cause, invitationKey, observation, summaryKey, versionOf } from '../../builders/versions.ts';

describe('decide, for the first observation of a record', () => {
  it('returns version 1 without changes', () => {
    const payload = opportunityPayload();
    expect(decide(undefined, observation({ payload }))).toEqual({
      outcome: 'stored',
      version: {
        catalog: 'AWS',
        kind: 'opportunity',
        id: 'O1234567',
        version: 1,
        messageId: expect.stringMatching(/^msg_[0-9a-f]{32}$/),
        previousMessageId: undefined,
        attributes: expect.objectContaining({
          title: 'Data platform',
          stage: 'Prospect',
          dueOn: '2026-09-30',
        }),
        payload,
        tombstone: false,
        redacted: false,
        links: [],
        solutions: [],
        announcedExpiration: undefined,
        waitsSince: '2026-03-01T10:00:00.123Z',
        announcedReminders: undefined,
        lastModifiedAt: '2026-03-01T10:00:00.123Z',
        statusRank: 0,
        readAt: '2026-03-01T10:00:02.000Z',
        contentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        type: 'opportunity.created',
        topics: ['opportunity.created'],
        changes: [],
        cause,
        occurredAt: '2026-03-01T10:00:00.123Z',
      },
    });
  });

  it('uses the time of the event if there is no AWS timestamp', () => {
    const summary = versionOf(observation({ key: summaryKey, payload: awsSummaryPayload() }));
    expect(summary).toMatchObject({ type: 'aws_opportunity_summary.created', occurredAt: cause.eventTime });
    expect(summary.lastModifiedAt).toBeUndefined();
  });

  it('accepts an invitation with a final status', () => {
    const payload = invitationPayload({ status: 'ACCEPTED' });
    expect(versionOf(observation({ key: invitationKey, payload }))).toMatchObject({
      version: 1,
      type: 'engagement_invitation.accepted',
      statusRank: 1,
    });
  });

  it('accepts a tombstone', () => {
    const payload = { Catalog: 'AWS', Id: invitationKey.id, Status: 'REJECTED' };
    expect(versionOf(observation({ key: invitationKey, payload, tombstone: true }))).toMatchObject({
      tombstone: true,
      type: 'engagement_invitation.rejected',
    });
  });
});

describe('decide, for a further observation', () => {
  const first = versionOf(observation({ payload: opportunityPayload({ stage: 'Prospect' }) }));
  const newer = '2026-03-01T11:00:00Z';

  it('returns the next version with its changes', () => {
    const payload = opportunityPayload({ stage: 'Qualified', lastModifiedDate: newer });
    expect(versionOf(observation({ payload }), { ...first, version: 11 })).toMatchObject({
      version: 12,
      type: 'opportunity.updated',
      topics: ['opportunity.updated', 'opportunity.stage_changed'],
      changes: [
        { path: '/LastModifiedDate', before: '2026-03-01T10:00:00.123Z', after: newer },
        { path: '/LifeCycle/Stage', before: 'Prospect', after: 'Qualified' },
      ],
      occurredAt: '2026-03-01T11:00:00.000Z',
    });
  });

  it('returns unchanged for equal content with any order of members, time and cause', () => {
    const payload = Object.fromEntries(Object.entries(first.payload).toReversed());
    for (const readAt of ['2026-03-01T09:00:00.000Z', first.readAt, '2026-03-02T10:00:00.000Z'] as const) {
      const again = observation({ payload, readAt, cause: { ...cause, eventIds: ['another'] } });
      expect(decide(first, again)).toEqual({ outcome: 'unchanged' });
    }
  });

  it('returns stale for an earlier AWS timestamp, although it was read later', () => {
    const payload = opportunityPayload({ stage: 'Qualified', lastModifiedDate: '2026-03-01T10:00:00Z' });
    expect(decide(first, observation({ payload, readAt: '2026-03-01T10:01:00.000Z' }))).toEqual({
      outcome: 'stale',
    });
  });

  it('returns stale for an equal AWS timestamp and an earlier read', () => {
    const payload = opportunityPayload({ stage: 'Qualified' });
    expect(decide(first, observation({ payload, readAt: '2026-03-01T10:00:01.000Z' }))).toEqual({
      outcome: 'stale',
    });
  });

  it('returns a version for an equal AWS timestamp and a later read: two changes in one second', () => {
    const payload = opportunityPayload({ stage: 'Qualified' });
    expect(decide(first, observation({ payload, readAt: '2026-03-01T10:00:03.000Z' })).outcome).toBe(
      'stored',
    );
  });

  it('never returns an invitation to PENDING', () => {
    const settled = versionOf(
      observation({ key: invitationKey, payload: invitationPayload({ status: 'ACCEPTED' }) }),
    );
    const late = observation({
      key: invitationKey,
      payload: invitationPayload(),
      readAt: '2026-03-09T10:00:00.000Z',
    });
    expect(decide(settled, late)).toEqual({ outcome: 'stale' });
  });

  it('returns an update if an invitation keeps its final status', () => {
    const settled = { key: invitationKey, payload: invitationPayload({ status: 'ACCEPTED' }) };
    const renamed = {
      key: invitationKey,
      payload: invitationPayload({ status: 'ACCEPTED', title: 'New title' }),
    };
    const later = observation({ ...renamed, readAt: '2026-03-09T10:00:00.000Z' });
    expect(versionOf(later, versionOf(observation(settled))).type).toBe('engagement_invitation.updated');
  });

  it('returns the final status even if it was read before the pending state', () => {
    const pending = versionOf(
      observation({ key: invitationKey, payload: invitationPayload(), readAt: '2026-03-09T10:00:00.000Z' }),
    );
    const payload = invitationPayload({ status: 'EXPIRED' });
    expect(versionOf(observation({ key: invitationKey, payload }), pending)).toMatchObject({
      version: 2,
      type: 'engagement_invitation.expired',
      topics: ['engagement_invitation.expired', 'engagement_invitation.status_changed'],
      changes: [{ path: '/Status', before: 'PENDING', after: 'EXPIRED' }],
    });
  });
});

describe('restate', () => {
  const link = { kind: 'engagement', id: 'eng-abcdefgh123456', via: 'snapshot' } as const;
  const solutions = [{ id: 'S-1', name: 'One' }];
  const first = versionOf(observation({ solutions }));
  const said = {
    type: 'opportunity.updated',
    topics: ['opportunity.updated', 'opportunity.linked'],
    cause,
  } as const;
  const linked = restate(first, { ...said, links: [link] });

  it('returns the next version and changes nothing else', () => {
    expect(linked).toEqual({
      ...first,
      version: 2,
      messageId: messageIdOf(linked),
      previousMessageId: first.messageId,
      links: [link],
      type: 'opportunity.updated',
      topics: ['opportunity.updated', 'opportunity.linked'],
      changes: [],
      cause,
      occurredAt: cause.eventTime,
    });
  });

  it('keeps readAt, timestamp and hash, so that the next read decides as before', () => {
    const { readAt, lastModifiedAt, contentHash, payload } = first;
    expect(linked).toMatchObject({ readAt, lastModifiedAt, contentHash });
    const again = observation({ payload, solutions, readAt: '2026-03-01T12:00:00.000Z' });
    expect(decide(linked, again)).toEqual({ outcome: 'unchanged' });
  });

  it('keeps links and announcements that are not given', () => {
    const announced = restate(linked, { ...said, announcedExpiration: '2026-03-16T10:00:00.000Z' });
    expect(announced).toMatchObject({
      version: 3,
      links: [link],
      solutions,
      announcedExpiration: '2026-03-16T10:00:00.000Z',
    });
    expect(restate(announced, said)).toMatchObject({
      version: 4,
      links: [link],
      announcedExpiration: announced.announcedExpiration,
    });
  });

  it('is followed by versions that keep links and announcements, and have the solutions of the new read', () => {
    const announced = restate(linked, { ...said, announcedExpiration: '2026-03-16T10:00:00.000Z' });
    const payload = opportunityPayload({ stage: 'Qualified', lastModifiedDate: '2026-03-01T11:00:00Z' });
    const others = [{ id: 'S-2' }];
    expect(versionOf(observation({ payload, solutions: others }), announced)).toMatchObject({
      version: 4,
      links: [link],
      announcedExpiration: announced.announcedExpiration,
      solutions: others,
    });
  });
});

describe('decide, for a redacted observation', () => {
  const first = versionOf(observation({ key: invitationKey, payload: invitationPayload() }));
  const payload = redactPayload(invitationPayload({ status: 'REJECTED' }));
  const redacted = versionOf(observation({ key: invitationKey, payload, redacted: true }), first);

  it('returns a version without the redacted values, in payload and changes', () => {
    expect(redacted).toMatchObject({ version: 2, redacted: true, type: 'engagement_invitation.rejected' });
    expect(JSON.stringify(redacted)).not.toMatch(/Example Corp|Paulo|Data platform/);
    expect(redacted.changes).toContainEqual({ path: '/Status', before: 'PENDING', after: 'REJECTED' });
    expect(redacted.changes).toContainEqual({ path: '/InvitationMessage' });
  });

  it('has only status, date and engagement as attributes', () => {
    const { attributes } = redacted;
    expect(Object.entries(attributes).flatMap(([name, value]) => (value === undefined ? [] : name))).toEqual([
      'status',
      'dueOn',
      'engagementId',
    ]);
  });
});
