import { beforeEach, describe, expect, it } from 'vitest';
import { invitationEvent } from '../../builders/events.ts';
import { invitationPayload } from '../../builders/invitation-payloads.ts';
import { accessDenied, invalid, notFound, throttled } from '../../builders/partner-central-failures.ts';
import { invitationKey } from '../../builders/versions.ts';
import {
  eventTime,
  type HydrationWorld,
  hydrateInvitations,
  hydrationWorld,
  outcomesOf,
  queued,
  sentAgain,
} from './hydration-world.ts';

const operation = 'GetEngagementInvitation';
const { id } = invitationKey;
const created = invitationEvent();
const rejected = invitationEvent({ detailType: 'Engagement Invitation Rejected', time: eventTime(60) });
const expired = invitationEvent({ detailType: 'Engagement Invitation Expired', time: eventTime(60) });
const accepted = invitationEvent({ detailType: 'Engagement Invitation Accepted', time: eventTime(60) });

let world: HydrationWorld;

beforeEach(() => {
  world = hydrationWorld();
});

function versions() {
  return world.records.versions().map(({ version, type, tombstone }) => ({ version, type, tombstone }));
}

const createdVersion = { version: 1, type: 'engagement_invitation.created', tombstone: false };

describe('hydrateInvitation', () => {
  it('stores an invitation, and its acceptance later', async () => {
    const pending = invitationPayload();
    world.partnerCentral.answer(operation, id, pending, invitationPayload({ status: 'ACCEPTED' }));
    await hydrateInvitations(world, [queued(created)]);
    world.clock.set('2026-03-01T10:01:05.000Z');
    await hydrateInvitations(world, [queued(accepted)]);
    expect(versions()).toEqual([
      createdVersion,
      { version: 2, type: 'engagement_invitation.accepted', tombstone: false },
    ]);
    expect(world.records.versions()[0]).toMatchObject({
      payload: pending,
      attributes: { customerName: 'Example Corp', status: 'PENDING', dueOn: '2026-03-16T10:00:00.123Z' },
    });
  });

  it('keeps the data of a rejected invitation that AWS still returns', async () => {
    world.partnerCentral.answer(operation, id, invitationPayload({ status: 'REJECTED' }));
    world.clock.set('2026-03-01T10:01:05.000Z');
    await hydrateInvitations(world, [queued(rejected)]);
    expect(versions()).toEqual([{ version: 1, type: 'engagement_invitation.rejected', tombstone: false }]);
  });
});

describe('promise 7: an invitation that AWS takes away stays known', () => {
  const endings = [
    ['Rejected', rejected, 'REJECTED', 'engagement_invitation.rejected'],
    ['Expired', expired, 'EXPIRED', 'engagement_invitation.expired'],
  ] as const;
  const refusals = [accessDenied(operation), notFound(operation), invalid(operation)];
  const cases = endings.flatMap((ending) => refusals.map((refusal) => [...ending, refusal] as const));

  it.each(cases)(
    'stores a tombstone of the last known state with its new status: %s (%#)',
    async (_, event, Status, type, refusal) => {
      const payload = invitationPayload();
      world.partnerCentral.answer(operation, id, payload, refusal);
      await hydrateInvitations(world, [queued(created)]);
      world.clock.set('2026-03-01T10:01:05.000Z');
      expect(await hydrateInvitations(world, [queued(event)])).toEqual([]);
      expect(versions()).toEqual([createdVersion, { version: 2, type, tombstone: true }]);
      expect(world.records.versions()[1]).toMatchObject({
        payload: { ...payload, Status },
        changes: [{ path: '/Status', before: 'PENDING', after: Status }],
        attributes: { status: Status, customerName: 'Example Corp' },
      });
      expect(world.queue.parked).toEqual([]);
    },
  );

  it.each(cases)(
    'stores a tombstone built from the event if the invitation is unknown: %s (%#)',
    async (_, event, Status, type, refusal) => {
      world.partnerCentral.answer(operation, id, refusal);
      world.clock.set('2026-03-01T10:01:05.000Z');
      await hydrateInvitations(world, [queued(event)]);
      expect(versions()).toEqual([{ version: 1, type, tombstone: true }]);
      expect(world.records.versions()[0]).toMatchObject({
        payload: {
          Catalog: 'AWS',
          Id: id,
          EngagementId: 'eng-abcdefgh123456',
          SenderAwsAccountId: 'aws',
          PayloadType: 'OpportunityInvitation',
          Status,
        },
        occurredAt: '2026-03-01T10:01:00.000Z',
      });
    },
  );

  it('stores the same tombstone if the batch also has the Created event', async () => {
    world.partnerCentral.answer(operation, id, accessDenied(operation));
    world.clock.set('2026-03-01T10:01:05.000Z');
    await hydrateInvitations(world, [queued(rejected), queued(created)]);
    expect(versions()).toEqual([{ version: 1, type: 'engagement_invitation.rejected', tombstone: true }]);
  });

  it('acknowledges a late Created event and changes nothing', async () => {
    world.partnerCentral.answer(operation, id, accessDenied(operation));
    world.clock.set('2026-03-01T10:01:01.000Z');
    await hydrateInvitations(world, [queued(rejected)]);
    const late = invitationEvent({ time: eventTime(60) });
    for (const refusal of refusals) {
      world.partnerCentral.answer(operation, id, refusal);
      expect(await hydrateInvitations(world, [queued(late)])).toEqual([]);
    }
    expect(outcomesOf(world)).toEqual(['stored', ...refusals.map(() => 'gone')]);
    expect(versions()).toHaveLength(1);
    expect([world.queue.sent, world.queue.parked]).toEqual([[], []]);
  });

  it('stores no further version for a repeated ending', async () => {
    world.partnerCentral.answer(operation, id, accessDenied(operation));
    world.clock.set('2026-03-01T10:01:01.000Z');
    for (const seconds of [0, 1, 20]) {
      world.clock.advance(seconds * 1_000);
      await hydrateInvitations(world, [queued(rejected), queued(rejected)]);
    }
    expect(outcomesOf(world)).toEqual(['stored', 'unchanged', 'unchanged']);
    await hydrateInvitations(world, [queued(rejected)]);
    expect(outcomesOf(world).at(-1)).toBe('reflected');
    expect(versions()).toHaveLength(1);
    expect(world.records.outbox()).toHaveLength(1);
  });

  it('postpones an ending if the read fails temporarily', async () => {
    world.partnerCentral.answer(operation, id, throttled(operation), accessDenied(operation));
    world.clock.set('2026-03-01T10:01:05.000Z');
    await hydrateInvitations(world, [queued(rejected)]);
    expect(versions()).toEqual([]);
    await hydrateInvitations(world, sentAgain(world));
    expect(versions()).toMatchObject([{ tombstone: true }]);
  });
});

describe('hydrateInvitation, if the read is refused and no event ends the invitation', () => {
  it('postpones a fresh Created that is not found, and parks it once it is no longer fresh', async () => {
    world.partnerCentral.answer(operation, id, notFound(operation));
    await hydrateInvitations(world, [queued(created)]);
    expect(world.queue).toMatchObject({ parked: [], sent: [{ delayMs: 3_000 }] });
    world.clock.set('2026-03-01T10:01:00.000Z');
    await hydrateInvitations(world, sentAgain(world));
    expect(world.queue.parked).toMatchObject([{ code: 'partner-central.not-found' }]);
  });

  it('parks a Created that is not found at once if its time is an hour in the future', async () => {
    world.partnerCentral.answer(operation, id, notFound(operation));
    await hydrateInvitations(world, [queued({ ...created, time: '2026-03-01T11:00:00Z' })]);
    expect(world.queue).toMatchObject({ sent: [], parked: [{ code: 'partner-central.not-found' }] });
  });

  it.each([
    ['Created', 'access-denied', created, accessDenied(operation)],
    ['Accepted', 'access-denied', accepted, accessDenied(operation)],
    ['Accepted', 'not-found', accepted, notFound(operation)],
    ['Created', 'invalid', created, invalid(operation)],
    ['Accepted', 'invalid', accepted, invalid(operation)],
  ] as const)('parks the event at once: %s, %s', async (_, code, event, refusal) => {
    world.partnerCentral.answer(operation, id, refusal);
    await hydrateInvitations(world, [queued(event)]);
    expect(world.queue).toMatchObject({ sent: [], parked: [{ code: `partner-central.${code}` }] });
    expect(versions()).toEqual([]);
  });
});

describe('hydrateInvitation, if the stored state is PENDING', () => {
  it('parks an Accepted event whose read is refused', async () => {
    world.partnerCentral.answer(operation, id, invitationPayload(), accessDenied(operation));
    await hydrateInvitations(world, [queued(created)]);
    world.clock.set('2026-03-01T10:01:05.000Z');
    await hydrateInvitations(world, [queued(accepted)]);
    expect(world.queue.parked).toMatchObject([{ code: 'partner-central.access-denied' }]);
    expect(versions()).toEqual([createdVersion]);
  });
});

describe('hydrateInvitation, if the read returns a state from before the event', () => {
  const reported = [
    ['Accepted', accepted, 'ACCEPTED', 'engagement_invitation.accepted'],
    ['Rejected', rejected, 'REJECTED', 'engagement_invitation.rejected'],
    ['Expired', expired, 'EXPIRED', 'engagement_invitation.expired'],
  ] as const;

  it.each(reported)(
    'postpones a fresh event, and stores the status of the event once it is no longer fresh: %s',
    async (_, event, Status, type) => {
      world.partnerCentral.answer(operation, id, invitationPayload());
      world.clock.set('2026-03-01T10:01:59.999Z');
      await hydrateInvitations(world, [queued(event)]);
      expect(versions()).toEqual([]);
      expect(world.log.of('event.postponed')).toMatchObject([
        { code: 'partner-central.behind', delayMs: 3_000 },
      ]);
      world.clock.set('2026-03-01T10:02:00.000Z');
      await hydrateInvitations(world, sentAgain(world));
      expect(versions()).toEqual([{ version: 1, type, tombstone: false }]);
      expect(world.records.versions()[0]).toMatchObject({
        payload: { ...invitationPayload(), Status },
        attributes: { status: Status },
      });
    },
  );

  it.each(reported)(
    'stores nothing more once the status of the event is stored: %s',
    async (_, event, Status, type) => {
      world.partnerCentral.answer(operation, id, invitationPayload());
      await hydrateInvitations(world, [queued(created)]);
      world.clock.set('2026-03-01T10:02:00.000Z');
      await hydrateInvitations(world, [queued(event)]);
      world.clock.set('2026-03-01T10:03:10.000Z');
      await hydrateInvitations(world, [queued(invitationEvent({ time: eventTime(125) }))]);
      expect(outcomesOf(world)).toEqual(['stored', 'stored', 'stale']);
      expect(versions()).toEqual([createdVersion, { version: 2, type, tombstone: false }]);
      expect(world.records.versions()[1]?.changes).toEqual([
        { path: '/Status', before: 'PENDING', after: Status },
      ]);
    },
  );

  it('stores the status of the newest of several events', async () => {
    const late = invitationEvent({ detailType: 'Engagement Invitation Expired', time: eventTime(70) });
    world.partnerCentral.answer(operation, id, invitationPayload());
    world.clock.set('2026-03-01T10:02:10.000Z');
    await hydrateInvitations(world, [queued(late), queued(accepted), queued(created)]);
    expect(versions()).toEqual([{ version: 1, type: 'engagement_invitation.expired', tombstone: false }]);
  });

  it('stores PENDING if there is only a Created event', async () => {
    world.partnerCentral.answer(operation, id, invitationPayload());
    await hydrateInvitations(world, [queued(created)]);
    expect(versions()).toEqual([createdVersion]);
  });
});
