import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import { engagementPayload } from '../../builders/engagement-payloads.ts';
import { type InvitationEventOptions, invitationEvent } from '../../builders/events.ts';
import {
  type InvitationOptions,
  invitationPayload,
  leadInvitationBody,
} from '../../builders/invitation-payloads.ts';
import { accessDenied, invalid, notFound, throttled } from '../../builders/partner-central-failures.ts';
import { engagementKey, invitationKey, opportunityKey } from '../../builders/versions.ts';
import {
  eventTime,
  type HydrationWorld,
  hydrateInvitations,
  hydrationWorld,
  outcomesOf,
  queued,
  sentAgain,
  versionsOf,
} from './hydration-world.ts';
import {
  linksIn,
  pair,
  putEngagement,
  putInvitation,
  putOpportunity,
  sorted,
  task,
  tasks,
} from './linked-world.ts';

let world: HydrationWorld;

beforeEach(() => {
  world = hydrationWorld();
});

const { catalog, id } = invitationKey;
const accepted = invitationEvent({ detailType: 'Engagement Invitation Accepted' });
const [byTask, byTitle] = [
  pair(invitationKey, opportunityKey, 'acceptance-task'),
  pair(invitationKey, opportunityKey, 'project-title'),
];
const engagementByTask = pair(engagementKey, opportunityKey, 'acceptance-task');

function accept(of: InvitationEventOptions = {}) {
  return hydrateInvitations(world, [queued({ ...accepted, ...(of.time && { time: of.time }) })]);
}

function answer(of: InvitationOptions = { status: 'ACCEPTED' }): void {
  world.partnerCentral.answer('GetEngagementInvitation', id, invitationPayload(of));
}

function listTasks(...items: readonly JsonObject[]): void {
  world.partnerCentral.list(tasks, { catalog, id }, items);
}

function tasksRead(): number {
  return world.partnerCentral.countReads(tasks);
}

/** What its engagement was linked to before it came. */
async function linkEngagement(): Promise<void> {
  await putEngagement(world);
  await putOpportunity(world);
  const state = await world.records.current(engagementKey);
  if (!state) throw new Error('there is no engagement');
  await world.records.append(
    state,
    {
      ...state,
      version: 2,
      links: [{ kind: 'opportunity', id: opportunityKey.id, via: 'snapshot' }],
      type: 'engagement.updated',
      topics: ['engagement.updated', 'engagement.linked'],
      changes: [],
      cause: { detailType: 'Engagement Resource Snapshot Created', eventIds: [], eventTime: state.readAt },
      occurredAt: state.readAt,
    },
    '2026-03-01T10:01:00.000Z',
  );
}

describe('an accepted invitation', () => {
  beforeEach(() => answer());

  it('is linked by the task that made its opportunity, and its engagement too', async () => {
    listTasks(task());
    await putOpportunity(world);
    await putEngagement(world);
    expect(await accept()).toEqual([]);
    expect(linksIn(world)).toEqual(sorted(byTask, engagementByTask));
    expect(versionsOf(world, 'engagement-invitation')).toMatchObject([
      { version: 1, type: 'engagement_invitation.accepted', links: [] },
      { version: 2, topics: ['engagement_invitation.updated', 'engagement_invitation.linked'], changes: [] },
    ]);
    expect(world.log.of('record.hydrated')).toMatchObject([{ outcome: 'stored', reads: 2 }]);
  });

  it.each([
    [
      'the first that is complete',
      [task({ status: 'FAILED', opportunityId: 'O9' }), task(), task({ opportunityId: 'O8' })],
    ],
    ['one among others without members', [{}, { TaskStatus: 'COMPLETE' }, { TaskStatus: 7 }, task()]],
    ['one whose opportunity is none', [task({ opportunityId: 'none' }), task()]],
  ])('takes of several tasks %s', async (_, items) => {
    listTasks(...items);
    await putOpportunity(world);
    await putEngagement(world);
    await accept();
    expect(linksIn(world)).toEqual(sorted(byTask, engagementByTask));
  });

  it('is linked like its engagement, which costs no read', async () => {
    await linkEngagement();
    await accept();
    expect(linksIn(world)).toEqual(
      sorted(
        pair(engagementKey, opportunityKey, 'snapshot'),
        pair(invitationKey, opportunityKey, 'snapshot'),
      ),
    );
    expect(tasksRead()).toBe(0);
  });

  it('tells other invitations to its engagement', async () => {
    listTasks(task());
    const another = { ...invitationKey, id: 'engi-another123456' };
    await putOpportunity(world);
    await putEngagement(world);
    await putInvitation(world, { id: another.id });
    await accept();
    expect(linksIn(world)).toEqual(
      sorted(byTask, engagementByTask, pair(another, opportunityKey, 'acceptance-task')),
    );
  });

  it.each([
    ['engagement', engagementKey, () => putOpportunity(world), byTask],
    ['opportunity', opportunityKey, () => putEngagement(world), []],
  ] as const)(
    'waits for its %s while the event is fresh, and does the rest then',
    async (_, key, putOther, before) => {
      listTasks(task());
      await putOther();
      await accept();
      const reason = JSON.stringify({ record: `AWS/${key.kind}/${key.id}` });
      expect(world.log.of('event.postponed')).toMatchObject([
        { code: 'link.pending', delayMs: 3_000, reason },
      ]);
      expect(linksIn(world)).toEqual(sorted(before));
      await (key.kind === 'engagement' ? putEngagement(world) : putOpportunity(world));
      await hydrateInvitations(world, sentAgain(world));
      expect(linksIn(world)).toEqual(sorted(byTask, engagementByTask));
      expect(outcomesOf(world)).toEqual(['stored', 'reflected']);
      expect(world.partnerCentral.countReads('GetEngagementInvitation')).toBe(1);
    },
  );

  it('is parked when its opportunity has not come for long; the next event looks again', async () => {
    listTasks(task());
    await putEngagement(world);
    world.clock.set('2026-03-01T10:10:00.000Z');
    await accept();
    for (let time = 0; time < 9; time += 1) await hydrateInvitations(world, sentAgain(world, -1));
    expect(world.queue.parked).toMatchObject([{ code: 'link.pending' }]);
    expect(linksIn(world)).toEqual([]);
    await putOpportunity(world);
    await accept();
    expect(linksIn(world)).toEqual(sorted(byTask, engagementByTask));
    expect(new Set(outcomesOf(world))).toEqual(new Set(['stored', 'reflected']));
  });

  it('waits for a task under way, and guesses only when that takes too long', async () => {
    listTasks(task({ status: 'IN_PROGRESS' }));
    await putOpportunity(world);
    await accept();
    expect(world.log.of('event.postponed')).toMatchObject([{ code: 'link.pending' }]);
    expect(linksIn(world)).toEqual([]);
    world.clock.set('2026-03-01T10:01:00.000Z');
    await hydrateInvitations(world, sentAgain(world));
    expect(linksIn(world)).toEqual(sorted(byTitle));
  });

  it.each([accessDenied(tasks), notFound(tasks), invalid(tasks)])(
    'has no task where none may be listed: $code',
    async (refusal) => {
      world.partnerCentral.list(tasks, { catalog, id }, refusal);
      await putOpportunity(world);
      await accept();
      expect(linksIn(world)).toEqual(sorted(byTitle));
      expect([world.queue.sent, world.queue.parked]).toEqual([[], []]);
    },
  );

  it('is tried again where Partner Central throttles the list', async () => {
    world.partnerCentral.list(tasks, { catalog, id }, throttled(tasks));
    await putOpportunity(world);
    await putEngagement(world);
    await accept();
    expect(world.log.of('event.postponed')).toMatchObject([{ code: 'partner-central.throttled' }]);
    listTasks(task());
    await hydrateInvitations(world, sentAgain(world));
    expect(linksIn(world)).toEqual(sorted(byTask, engagementByTask));
  });

  it('asks no more once it is linked, whatever comes', async () => {
    listTasks(task());
    await putOpportunity(world);
    await putEngagement(world);
    await accept();
    const before = world.records.versions().length;
    for (const seconds of [1, 2, 30]) {
      world.clock.advance(seconds * 1_000);
      await accept({ time: eventTime(seconds) });
    }
    expect(tasksRead()).toBe(1);
    expect(world.records.versions()).toHaveLength(before);
  });

  it('stays what it is where it names no engagement', async () => {
    answer({ status: 'ACCEPTED', engagementId: null });
    listTasks(task());
    await putOpportunity(world);
    await accept();
    await accept();
    expect(linksIn(world)).toEqual(sorted(byTask));
    expect([world.queue.sent, tasksRead()]).toEqual([[], 1]);
  });
});

describe('an invitation that made no opportunity', () => {
  it.each([
    ['pending', invitationPayload(), 'Created'],
    ['rejected', invitationPayload({ status: 'REJECTED' }), 'Rejected'],
    ['an accepted lead', leadInvitationBody({ status: 'ACCEPTED' }), 'Accepted'],
  ])('is asked for no task: %s', async (_, payload, name) => {
    world.partnerCentral.answer('GetEngagementInvitation', id, payload);
    await putOpportunity(world);
    await hydrateInvitations(world, [
      queued(invitationEvent({ detailType: `Engagement Invitation ${name}` })),
    ]);
    expect(tasksRead()).toBe(0);
    expect([linksIn(world), world.queue.sent]).toEqual([[], []]);
  });

  it('is linked like its engagement all the same', async () => {
    await linkEngagement();
    answer({ status: 'PENDING' });
    await hydrateInvitations(world, [queued(invitationEvent())]);
    expect(linksIn(world)).toEqual(
      sorted(
        pair(engagementKey, opportunityKey, 'snapshot'),
        pair(invitationKey, opportunityKey, 'snapshot'),
      ),
    );
  });
});

describe('a payload that changes after the link', () => {
  it('keeps it', async () => {
    answer();
    listTasks(task());
    await putOpportunity(world);
    world.partnerCentral.answer('GetEngagement', engagementKey.id, engagementPayload());
    await putEngagement(world);
    await accept();
    answer({ status: 'ACCEPTED', title: 'Data platform, second phase' });
    world.clock.set('2026-03-01T10:01:05.000Z');
    await accept({ time: eventTime(60) });
    expect(versionsOf(world, 'engagement-invitation').at(-1)).toMatchObject({
      version: 3,
      links: [{ kind: 'opportunity', id: opportunityKey.id, via: 'acceptance-task' }],
    });
  });
});
