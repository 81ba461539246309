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

describe('an invitation', () => {
  it('is stored, and accepted later', async () => {
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

  it('keeps its data where a rejection leaves it readable', async () => {
    world.partnerCentral.answer(operation, id, invitationPayload({ status: 'REJECTED' }));
    world.clock.set('2026-03-01T10:01:05.000Z');
    await hydrateInvitations(world, [queued(rejected)]);
    expect(versions()).toEqual([{ version: 1, type: 'engagement_invitation.rejected', tombstone: false }]);
  });
});

describe('promise 7: what AWS takes away stays known', () => {
  const endings = [
    ['Rejected', rejected, 'REJECTED', 'engagement_invitation.rejected'],
    ['Expired', expired, 'EXPIRED', 'engagement_invitation.expired'],
  ] as const;
  const refusals = [accessDenied(operation), notFound(operation), invalid(operation)];
  const cases = endings.flatMap((ending) => refusals.map((refusal) => [...ending, refusal] as const));

  it.each(cases)(
    '%s ends as the last known state with its new status (%#)',
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
    '%s of an invitation never seen is built from the event (%#)',
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

  it('a Created in the same batch changes nothing about that', async () => {
    world.partnerCentral.answer(operation, id, accessDenied(operation));
    world.clock.set('2026-03-01T10:01:05.000Z');
    await hydrateInvitations(world, [queued(rejected), queued(created)]);
    expect(versions()).toEqual([{ version: 1, type: 'engagement_invitation.rejected', tombstone: true }]);
  });

  it('a late Created finds it gone, is acknowledged and changes nothing', async () => {
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

  it('the same ending again makes no further version', async () => {
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

  it('an ending that cannot be read for another reason is tried again', async () => {
    world.partnerCentral.answer(operation, id, throttled(operation), accessDenied(operation));
    world.clock.set('2026-03-01T10:01:05.000Z');
    await hydrateInvitations(world, [queued(rejected)]);
    expect(versions()).toEqual([]);
    await hydrateInvitations(world, sentAgain(world));
    expect(versions()).toMatchObject([{ tombstone: true }]);
  });
});

describe('an invitation that may not be read without an ending', () => {
  it('is early where a fresh Created is not found, and parked when that is over', async () => {
    world.partnerCentral.answer(operation, id, notFound(operation));
    await hydrateInvitations(world, [queued(created)]);
    expect(world.queue).toMatchObject({ parked: [], sent: [{ delayMs: 3_000 }] });
    world.clock.set('2026-03-01T10:01:00.000Z');
    await hydrateInvitations(world, sentAgain(world));
    expect(world.queue.parked).toMatchObject([{ code: 'partner-central.not-found' }]);
  });

  it.each([
    ['Created', 'access-denied', created, accessDenied(operation)],
    ['Accepted', 'access-denied', accepted, accessDenied(operation)],
    ['Accepted', 'not-found', accepted, notFound(operation)],
    ['Created', 'invalid', created, invalid(operation)],
    ['Accepted', 'invalid', accepted, invalid(operation)],
  ] as const)('is parked at once: %s, %s', async (_, code, event, refusal) => {
    world.partnerCentral.answer(operation, id, refusal);
    await hydrateInvitations(world, [queued(event)]);
    expect(world.queue).toMatchObject({ sent: [], parked: [{ code: `partner-central.${code}` }] });
    expect(versions()).toEqual([]);
  });
});

describe('an invitation that is pending as far as is known', () => {
  it('is not gone: an Accepted that may not be read is parked', async () => {
    world.partnerCentral.answer(operation, id, invitationPayload(), accessDenied(operation));
    await hydrateInvitations(world, [queued(created)]);
    world.clock.set('2026-03-01T10:01:05.000Z');
    await hydrateInvitations(world, [queued(accepted)]);
    expect(world.queue.parked).toMatchObject([{ code: 'partner-central.access-denied' }]);
    expect(versions()).toEqual([createdVersion]);
  });
});

describe('a state behind its event', () => {
  const told = [
    ['Accepted', accepted, 'ACCEPTED', 'engagement_invitation.accepted'],
    ['Rejected', rejected, 'REJECTED', 'engagement_invitation.rejected'],
    ['Expired', expired, 'EXPIRED', 'engagement_invitation.expired'],
  ] as const;

  it.each(told)(
    'is asked for again while the event is fresh; then the event is believed: %s',
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

  it.each(told)('changes nothing once the event was believed: %s', async (_, event, Status, type) => {
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
  });

  it('gives way to the newest of several events', async () => {
    const late = invitationEvent({ detailType: 'Engagement Invitation Expired', time: eventTime(70) });
    world.partnerCentral.answer(operation, id, invitationPayload());
    world.clock.set('2026-03-01T10:02:10.000Z');
    await hydrateInvitations(world, [queued(late), queued(accepted), queued(created)]);
    expect(versions()).toEqual([{ version: 1, type: 'engagement_invitation.expired', tombstone: false }]);
  });

  it('is what a Created alone tells', async () => {
    world.partnerCentral.answer(operation, id, invitationPayload());
    await hydrateInvitations(world, [queued(created)]);
    expect(versions()).toEqual([createdVersion]);
  });
});
