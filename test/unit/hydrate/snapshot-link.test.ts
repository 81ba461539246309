import { beforeEach, describe, expect, it } from 'vitest';
import type { QueuedMessage } from '../../../lambdas/ports/work-queue.ts';
import { engagementPayload } from '../../builders/engagement-payloads.ts';
import { type SnapshotEventOptions, snapshotEvent } from '../../builders/events.ts';
import { accessDenied } from '../../builders/partner-central-failures.ts';
import { engagementKey, invitationKey, opportunityKey } from '../../builders/versions.ts';
import {
  type HydrationWorld,
  hydrateEngagements,
  hydrationWorld,
  outcomesOf,
  queued,
  sentAgain,
  versionsOf,
} from './hydration-world.ts';
import { linksIn, pair, putEngagement, putInvitation, putOpportunity, sorted } from './linked-world.ts';

let world: HydrationWorld;

beforeEach(() => {
  world = hydrationWorld();
  world.partnerCentral.answer('GetEngagement', engagementKey.id, engagementPayload());
});

const anotherAccount = '444455556666';
const engagementPair = pair(engagementKey, opportunityKey, 'snapshot');
const invitationPair = pair(invitationKey, opportunityKey, 'snapshot');

function snapshot(of: SnapshotEventOptions = {}): QueuedMessage {
  return queued(snapshotEvent(of));
}

describe('promise 11: a snapshot event', () => {
  it('links the opportunity with the engagement and every invitation to it, in both directions', async () => {
    await putOpportunity(world);
    const another = { ...invitationKey, id: 'engi-another123456' };
    await putInvitation(world);
    await putInvitation(world, { id: another.id, status: 'EXPIRED' });
    await putInvitation(world, { id: 'engi-elsewhere1234', engagementId: 'eng-elsewhere12345' });
    await hydrateEngagements(world, [snapshot()]);
    expect(linksIn(world)).toEqual(
      sorted(engagementPair, invitationPair, pair(another, opportunityKey, 'snapshot')),
    );
  });

  it('stores a version of each record that adds the link only', async () => {
    await putOpportunity(world);
    await putInvitation(world);
    await putEngagement(world);
    await hydrateEngagements(world, [snapshot()]);
    const cause = { detailType: 'Engagement Resource Snapshot Created' };
    const changes: unknown[] = [];
    expect(versionsOf(world, 'engagement').at(-1)).toMatchObject({
      version: 2,
      type: 'engagement.updated',
      topics: ['engagement.updated', 'engagement.linked'],
      changes,
      cause,
    });
    expect(versionsOf(world, 'engagement-invitation').at(-1)).toMatchObject({
      version: 2,
      type: 'engagement_invitation.updated',
      topics: ['engagement_invitation.updated', 'engagement_invitation.linked'],
      changes,
      cause,
    });
    expect(versionsOf(world, 'opportunity').at(-1)).toMatchObject({
      type: 'opportunity.updated',
      topics: ['opportunity.updated', 'opportunity.linked'],
      changes,
      cause,
      occurredAt: '2026-03-01T10:00:00.000Z',
      readAt: '2026-03-01T09:59:00.000Z',
    });
    expect(world.records.outbox()).toHaveLength(world.records.versions().length);
  });

  it('stores no further version if it is repeated', async () => {
    await putOpportunity(world);
    await putInvitation(world);
    await hydrateEngagements(world, [snapshot(), snapshot()]);
    const before = world.records.versions().length;
    for (let time = 0; time < 3; time += 1) await hydrateEngagements(world, [snapshot()]);
    expect(world.records.versions()).toHaveLength(before);
    expect(world.partnerCentral.countReads('GetEngagement')).toBe(1);
  });

  it('is postponed while fresh if the opportunity is missing, after the engagement is stored', async () => {
    await putOpportunity(world, { id: 'O2' });
    const messages = [snapshot(), snapshot({ opportunityId: 'O2' })];
    await hydrateEngagements(world, messages);
    expect(world.log.of('event.postponed')).toMatchObject(
      messages.map(() => ({
        code: 'link.pending',
        delayMs: 3_000,
        reason: '{"record":"AWS/opportunity/O1234567"}',
      })),
    );
    const done = pair(engagementKey, { ...opportunityKey, id: 'O2' }, 'snapshot');
    expect(linksIn(world)).toEqual(sorted(done));
    await putOpportunity(world);
    await hydrateEngagements(world, sentAgain(world));
    expect(linksIn(world)).toEqual(sorted(done, engagementPair));
  });

  it('is retried through a backlog for its opportunity, and parked in the end', async () => {
    world.clock.set('2026-03-08T10:00:00.000Z');
    await hydrateEngagements(world, [snapshot()]);
    expect(outcomesOf(world)).toEqual(['stored']);
    for (let time = 1; time < 9; time += 1) await hydrateEngagements(world, sentAgain(world, -1));
    const postponed = world.log.of('event.postponed');
    expect(postponed).toHaveLength(9);
    expect(new Set(postponed.map(({ code }) => code))).toEqual(new Set(['link.pending']));
    const waitedMs = postponed.reduce((sum, { delayMs }) => sum + Number(delayMs), 0);
    expect(waitedMs).toBeGreaterThan(8 * 60_000);
    expect(world.queue.parked).toEqual([]);
    await hydrateEngagements(world, sentAgain(world, -1));
    expect(world.queue.parked).toMatchObject([{ code: 'link.pending' }]);
    expect(linksIn(world)).toEqual([]);
  });

  it('links if both events arrive late, in any order', async () => {
    world.clock.set('2027-03-01T10:00:00.000Z');
    await hydrateEngagements(world, [snapshot()]);
    await putOpportunity(world);
    await hydrateEngagements(world, sentAgain(world));
    expect(linksIn(world)).toEqual(sorted(engagementPair));
    expect(world.queue.parked).toEqual([]);
  });
});

describe('a snapshot event by another account', () => {
  const event = { createdBy: anotherAccount };

  it('is not postponed for an opportunity that is not stored', async () => {
    await hydrateEngagements(world, [snapshot(event)]);
    expect(outcomesOf(world)).toEqual(['stored']);
    expect([world.queue.sent, linksIn(world)]).toEqual([[], []]);
  });

  it('links an opportunity that is stored', async () => {
    await putOpportunity(world);
    await hydrateEngagements(world, [snapshot(event)]);
    expect(linksIn(world)).toEqual(sorted(engagementPair));
  });

  it('does not affect an own snapshot in the same batch', async () => {
    await hydrateEngagements(world, [snapshot(event), snapshot()]);
    expect(world.log.of('event.postponed')).toMatchObject([
      { code: 'link.pending' },
      { code: 'link.pending' },
    ]);
  });
});

describe('a snapshot event for an engagement that may not be read', () => {
  beforeEach(() => {
    world.partnerCentral.answer('GetEngagement', engagementKey.id, accessDenied('GetEngagement'));
  });

  it('links the invitations', async () => {
    await putOpportunity(world);
    await putInvitation(world);
    await hydrateEngagements(world, [snapshot()]);
    expect(linksIn(world)).toEqual(sorted(invitationPair));
    expect(outcomesOf(world)).toEqual(['absent']);
    expect([world.queue.sent, world.queue.parked]).toEqual([[], []]);
  });

  it('links an engagement that is already stored', async () => {
    await putOpportunity(world);
    await putEngagement(world);
    await hydrateEngagements(world, [snapshot()]);
    expect(linksIn(world)).toEqual(sorted(engagementPair));
    expect(outcomesOf(world)).toEqual(['reflected']);
  });

  it('is postponed while fresh if its opportunity is missing', async () => {
    await putInvitation(world);
    await hydrateEngagements(world, [snapshot()]);
    expect(world.log.of('event.postponed')).toMatchObject([{ code: 'link.pending' }]);
  });

  it('is parked if it links nothing', async () => {
    await putOpportunity(world);
    await hydrateEngagements(world, [snapshot()]);
    expect(world.queue.parked).toMatchObject([{ code: 'partner-central.access-denied' }]);
  });
});
