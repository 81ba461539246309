import { beforeEach, describe, expect, it } from 'vitest';
import { engagementPayload } from '../../builders/engagement-payloads.ts';
import { engagementEvent, opportunityEvent, snapshotEvent } from '../../builders/events.ts';
import { accessDenied, invalid, notFound, throttled } from '../../builders/partner-central-failures.ts';
import { engagementKey } from '../../builders/versions.ts';
import {
  eventTime,
  type HydrationWorld,
  hydrateEngagements,
  hydrationWorld,
  outcomesOf,
  queued,
  sentAgain,
  versionsOf,
} from './hydration-world.ts';
import { putEngagement, putInvitation } from './linked-world.ts';

const operation = 'GetEngagement';
const { catalog, id } = engagementKey;
const [first, second, third] = ['Example Corp', 'AnyCompany Consulting', 'AWS'].map((CompanyName) => ({
  CompanyName,
  AccountId: '111122223333',
}));

let world: HydrationWorld;

beforeEach(() => {
  world = hydrationWorld();
  world.partnerCentral.answer(operation, id, engagementPayload());
});

function event(detailType: string, seconds = 0) {
  return queued(
    detailType === 'Engagement Resource Snapshot Created'
      ? snapshotEvent({ time: eventTime(seconds) })
      : engagementEvent({ detailType, time: eventTime(seconds) }),
  );
}

function reads(): number[] {
  const { partnerCentral } = world;
  return [partnerCentral.countReads(operation), partnerCentral.countReads('ListEngagementMembers')];
}

describe('hydrateEngagement', () => {
  it.each([
    'Engagement Created',
    'Engagement Updated',
    'Engagement Member Added',
    'Engagement Resource Snapshot Created',
  ])('stores the engagement with its members on %s', async (detailType) => {
    if (first && second && third)
      world.partnerCentral.list('ListEngagementMembers', { catalog, id }, [first, second], [third]);
    // Two minutes later, so that the snapshot event is not retried for its opportunity.
    world.clock.set('2026-03-01T10:02:00.000Z');
    expect(await hydrateEngagements(world, [event(detailType)])).toEqual([]);
    expect(world.records.versions()).toMatchObject([
      {
        kind: 'engagement',
        version: 1,
        type: 'engagement.created',
        topics: ['engagement.created'],
        payload: { ...engagementPayload(), EngagementMemberList: [first, second, third] },
        attributes: { title: 'Data platform', engagementId: id },
        lastModifiedAt: '2026-03-01T09:00:00.123Z',
        cause: { detailType },
      },
    ]);
    expect(world.log.of('record.hydrated')).toMatchObject([{ outcome: 'stored', reads: 3 }]);
    expect(reads()).toEqual([1, 2]);
  });

  it('stores a version if only a member was added', async () => {
    await hydrateEngagements(world, [event('Engagement Created')]);
    if (first) world.partnerCentral.list('ListEngagementMembers', { catalog, id }, [first]);
    world.clock.set('2026-03-01T10:01:05.000Z');
    await hydrateEngagements(world, [event('Engagement Member Added', 60)]);
    expect(versionsOf(world, 'engagement').at(-1)).toMatchObject({
      version: 2,
      type: 'engagement.updated',
      topics: ['engagement.updated', 'engagement.members_changed'],
    });
  });

  it('reads the engagement once for a burst of events, and not again for reflected events', async () => {
    const burst = ['Engagement Created', 'Engagement Member Added', 'Engagement Updated'].map((detailType) =>
      event(detailType),
    );
    await hydrateEngagements(world, burst);
    await hydrateEngagements(world, burst);
    expect(outcomesOf(world)).toEqual(['stored', 'reflected']);
    expect(reads()).toEqual([1, 1]);
  });

  it('does not read a known engagement for a snapshot event', async () => {
    await putEngagement(world);
    world.clock.set('2026-03-01T10:02:00.000Z');
    await hydrateEngagements(world, [event('Engagement Resource Snapshot Created')]);
    expect(outcomesOf(world)).toEqual(['reflected']);
    await hydrateEngagements(world, [
      event('Engagement Resource Snapshot Created'),
      event('Engagement Updated', 1),
    ]);
    expect(reads()).toEqual([1, 1]);
  });

  it('parks an engagement whose list of members repeats a token, with the reason', async () => {
    world.partnerCentral.listEngagementMembers = async () => ({ items: [], nextToken: 'again' });
    await hydrateEngagements(world, [event('Engagement Updated')]);
    const reason = '{"operation":"ListEngagementMembers","pages":2}';
    expect(world.log.of('event.parked')).toMatchObject([{ code: 'partner-central.endless-list', reason }]);
  });

  it('postpones the event if the read returns an older state than the stored one', async () => {
    const [older, newer] = ['2026-03-01T09:30:00Z', '2026-03-01T09:40:00Z'].map((modifiedAt) =>
      engagementPayload({ modifiedAt }),
    );
    if (older && newer) world.partnerCentral.answer(operation, id, newer, older, newer);
    await hydrateEngagements(world, [event('Engagement Updated', -60)]);
    world.clock.advance(1_000);
    await hydrateEngagements(world, [event('Engagement Updated', 4)]);
    expect(world.log.of('event.postponed')).toMatchObject([{ code: 'partner-central.behind' }]);
    world.clock.advance(4_000);
    await hydrateEngagements(world, sentAgain(world));
    expect(outcomesOf(world)).toEqual(['stored', 'unchanged']);
  });

  it('parks events about other kinds of records', async () => {
    await hydrateEngagements(world, [queued(opportunityEvent())]);
    expect(world.queue.parked).toMatchObject([{ code: 'event.unhandled' }]);
  });
});

describe('hydrateEngagement, if the read is refused', () => {
  it.each(['Engagement Created', 'Engagement Member Added', 'Engagement Updated'])(
    'postpones a fresh %s that is not found, and parks it once it is no longer fresh',
    async (detailType) => {
      world.partnerCentral.answer(operation, id, notFound(operation));
      await hydrateEngagements(world, [event(detailType)]);
      expect(world.queue).toMatchObject({ parked: [], sent: [{ delayMs: 3_000 }] });
      world.clock.set('2026-03-01T10:01:00.000Z');
      await hydrateEngagements(world, sentAgain(world));
      expect(world.queue.parked).toMatchObject([{ code: 'partner-central.not-found' }]);
    },
  );

  it.each([accessDenied(operation), invalid(operation)])(
    'parks the event of an unknown engagement at once: $code',
    async (refusal) => {
      world.partnerCentral.answer(operation, id, refusal);
      await hydrateEngagements(world, [event('Engagement Created')]);
      expect(world.queue.parked).toMatchObject([
        { code: refusal.code, reason: JSON.stringify(refusal.details) },
      ]);
      expect(world.queue.sent).toEqual([]);
    },
  );

  it('parks the event if the members may not be read', async () => {
    world.partnerCentral.list(
      'ListEngagementMembers',
      { catalog, id },
      accessDenied('ListEngagementMembers'),
    );
    await hydrateEngagements(world, [event('Engagement Created')]);
    expect(world.queue.parked).toMatchObject([{ reason: '{"operation":"ListEngagementMembers"}' }]);
    expect(world.records.versions()).toEqual([]);
  });

  it.each([accessDenied(operation), invalid(operation)])(
    'parks the event of a known engagement at once: $code',
    async (refusal) => {
      await putEngagement(world);
      world.partnerCentral.answer(operation, id, refusal);
      await hydrateEngagements(world, [event('Engagement Updated')]);
      expect(world.queue.parked).toMatchObject([{ code: refusal.code }]);
      expect(world.records.versions()).toHaveLength(1);
    },
  );

  it('postpones a fresh event of a known engagement that is not found', async () => {
    await putEngagement(world);
    world.partnerCentral.answer(operation, id, notFound(operation));
    await hydrateEngagements(world, [event('Engagement Member Added')]);
    expect(world.queue.sent).toHaveLength(1);
    world.clock.set('2026-03-01T10:01:00.000Z');
    await hydrateEngagements(world, sentAgain(world));
    expect(outcomesOf(world)).toEqual(['gone']);
  });

  it.each(['PENDING', 'REJECTED', 'EXPIRED'])(
    'acknowledges an update if the only invitation of the partner is %s',
    async (status) => {
      await putInvitation(world, { status });
      world.partnerCentral.answer(operation, id, accessDenied(operation));
      await hydrateEngagements(world, [event('Engagement Updated')]);
      expect(outcomesOf(world)).toEqual(['absent']);
      expect([world.queue.parked, world.queue.sent]).toEqual([[], []]);
    },
  );

  it.each([
    ['an accepted invitation', 'ACCEPTED', ['Engagement Updated']],
    ['an event for members', 'PENDING', ['Engagement Member Added', 'Engagement Updated']],
  ])('parks the event in spite of an invitation: %s', async (_, status, detailTypes) => {
    await putInvitation(world, { status });
    world.partnerCentral.answer(operation, id, accessDenied(operation));
    await hydrateEngagements(
      world,
      detailTypes.map((detailType) => event(detailType)),
    );
    expect(world.queue.parked.map(({ code }) => code)).toEqual(
      detailTypes.map(() => 'partner-central.access-denied'),
    );
  });

  it('postpones the event if Partner Central throttles the list of members', async () => {
    world.partnerCentral.list('ListEngagementMembers', { catalog, id }, throttled('ListEngagementMembers'));
    await hydrateEngagements(world, [event('Engagement Created')]);
    expect(world.log.of('event.postponed')).toMatchObject([{ code: 'partner-central.throttled' }]);
    expect(world.records.versions()).toEqual([]);
  });
});
