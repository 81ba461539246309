import { beforeEach, describe, expect, it } from 'vitest';
import { engagementPayload } from '../../builders/engagement-payloads.ts';
import { engagementEvent, invitationEvent, snapshotEvent } from '../../builders/events.ts';
import { invitationPayload } from '../../builders/invitation-payloads.ts';
import { accessDenied } from '../../builders/partner-central-failures.ts';
import { engagementKey, invitationKey } from '../../builders/versions.ts';
import {
  eventTime,
  type HydrationWorld,
  hydrateEngagements,
  hydrateInvitations,
  hydrationWorld,
  outcomesOf,
  queued,
  sentAgain,
  versionsOf,
} from './hydration-world.ts';

const early = { waits: 'after an early read' } as const;
let world: HydrationWorld;

beforeEach(() => {
  world = hydrationWorld();
  world.clock.set('2026-03-01T10:00:01.000Z');
});

function statuses(): unknown[] {
  return versionsOf(world, 'engagement-invitation').map(({ attributes, tombstone }) => [
    attributes.status,
    tombstone,
  ]);
}

async function receive(detailType: string, seconds: number, redactRejected = false): Promise<void> {
  const message = queued(invitationEvent({ detailType, time: eventTime(seconds) }));
  expect(await hydrateInvitations(world, [message], { ...early, redactRejected })).toEqual([]);
}

async function ripen(now: '2026-03-01T10:00:04.000Z' | '2026-03-01T10:01:04.000Z'): Promise<void> {
  const messages = sentAgain(world, world.queue.sent.length - 1);
  world.clock.set(now);
  expect(await hydrateInvitations(world, messages, early)).toEqual([]);
}

async function receiveEngagement(event: ReturnType<typeof engagementEvent>): Promise<void> {
  expect(await hydrateEngagements(world, [queued(event)], early)).toEqual([]);
}

describe('an early read of an invitation', () => {
  const operation = 'GetEngagementInvitation';
  const { id } = invitationKey;

  async function storePending(): Promise<void> {
    world.partnerCentral.answer(operation, id, invitationPayload());
    await receive('Engagement Invitation Created', 0);
    await ripen('2026-03-01T10:00:04.000Z');
    world.clock.set('2026-03-01T10:01:01.000Z');
  }

  it('stores it early, and the ripe read links it', async () => {
    world.partnerCentral.answer(operation, id, invitationPayload());
    await receive('Engagement Invitation Created', 0);
    expect(statuses()).toEqual([['PENDING', false]]);
    expect(world.partnerCentral.reads).toHaveLength(1);
    await ripen('2026-03-01T10:00:04.000Z');
    expect(outcomesOf(world)).toEqual(['stored', 'unchanged']);
    expect(statuses()).toEqual([['PENDING', false]]);
  });

  it('stores nothing if it is still PENDING after its acceptance, and the ripe read decides', async () => {
    await storePending();
    world.partnerCentral.answer(operation, id, invitationPayload({ title: 'before the acceptance' }));
    await receive('Engagement Invitation Accepted', 60);
    expect(statuses()).toEqual([['PENDING', false]]);
    world.partnerCentral.answer(operation, id, invitationPayload({ status: 'ACCEPTED' }));
    await ripen('2026-03-01T10:01:04.000Z');
    expect(statuses()).toEqual([
      ['PENDING', false],
      ['ACCEPTED', false],
    ]);
  });

  it('stores no tombstone if it is refused, and the ripe read does', async () => {
    await storePending();
    world.partnerCentral.answer(operation, id, accessDenied(operation));
    await receive('Engagement Invitation Rejected', 60);
    expect(statuses()).toEqual([['PENDING', false]]);
    await ripen('2026-03-01T10:01:04.000Z');
    expect(statuses().at(-1)).toEqual(['REJECTED', true]);
  });

  it('stores nothing if another worker has stored a read meanwhile', async () => {
    await storePending();
    const [newer, older] = [invitationPayload({ title: 'newer' }), invitationPayload({ title: 'older' })];
    let isOvertaken = false;
    const records: HydrationWorld['records'] = {
      ...world.records,
      // An invitation has no timestamp of AWS: of two reads the later one would win.
      async current(key) {
        const state = await world.records.current(key);
        if (isOvertaken) return state;
        isOvertaken = true;
        world.partnerCentral.answer(operation, id, newer, older);
        await hydrateInvitations(world, [queued(invitationEvent({ time: eventTime(50) }))]);
        world.clock.advance(100);
        return state;
      },
    };
    const message = queued(invitationEvent({ time: eventTime(60) }));
    await hydrateInvitations(world, [message], { ...early, records });
    const titles = versionsOf(world, 'engagement-invitation').map(({ attributes }) => attributes.title);
    expect(titles.slice(1)).toEqual(['newer']);
    expect(world.partnerCentral.countReads(operation)).toBe(4);
  });

  it('stores a rejection without its sensitive members', async () => {
    await storePending();
    world.partnerCentral.answer(operation, id, invitationPayload({ status: 'REJECTED' }));
    await receive('Engagement Invitation Rejected', 60, true);
    const newest = versionsOf(world, 'engagement-invitation').at(-1);
    expect(newest).toMatchObject({ attributes: { status: 'REJECTED' }, redacted: true });
    expect(JSON.stringify(newest?.payload)).not.toContain('Example Corp');
  });
});

describe('an early read of an engagement', () => {
  const { catalog, id } = engagementKey;

  beforeEach(() => {
    world.partnerCentral.answer('GetEngagement', id, engagementPayload());
    const member = { CompanyName: 'Example Corp', AccountId: '111122223333' };
    world.partnerCentral.list('ListEngagementMembers', { catalog, id }, [member]);
  });

  it('stores it with its members, and counts the reads of both', async () => {
    await receiveEngagement(engagementEvent());
    expect(versionsOf(world, 'engagement')).toMatchObject([
      { version: 1, payload: { EngagementMemberList: [{ CompanyName: 'Example Corp' }] } },
    ]);
    expect(world.log.of('record.hydrated')).toMatchObject([{ early: true, outcome: 'stored', reads: 2 }]);
    world.clock.set('2026-03-01T10:00:04.000Z');
    await hydrateEngagements(world, sentAgain(world), early);
    expect(versionsOf(world, 'engagement')).toHaveLength(1);
  });

  it('stores nothing if its members do not fit on one page, and the ripe read stores them all', async () => {
    const pages = [{ CompanyName: 'Example Corp' }, { CompanyName: 'Example Ltd' }].map((member) => [member]);
    world.partnerCentral.list('ListEngagementMembers', { catalog, id }, ...pages);
    await receiveEngagement(engagementEvent());
    expect(versionsOf(world, 'engagement')).toEqual([]);
    expect(world.partnerCentral.countReads('ListEngagementMembers')).toBe(1);
    world.clock.set('2026-03-01T10:00:04.000Z');
    await hydrateEngagements(world, sentAgain(world), early);
    expect(versionsOf(world, 'engagement')).toMatchObject([
      { version: 1, payload: { EngagementMemberList: pages.flat() } },
    ]);
  });

  it('is not made for a snapshot event of an engagement that is stored', async () => {
    await receiveEngagement(engagementEvent());
    world.clock.set('2026-03-01T10:01:01.000Z');
    await receiveEngagement(snapshotEvent({ time: eventTime(60) }));
    expect(world.partnerCentral.countReads('GetEngagement')).toBe(1);
    expect(world.queue.sent).toHaveLength(2);
  });
});
