import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import { appendVersion } from '../../builders/append-version.ts';
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

/** Links the engagement before the invitation is stored. */
async function linkEngagement(): Promise<void> {
  await putEngagement(world);
  await putOpportunity(world);
  const state = await world.records.current(engagementKey);
  if (!state) throw new Error('there is no engagement');
  await appendVersion(
    world.records,
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

describe('linkInvitation, for an accepted invitation', () => {
  beforeEach(() => answer());

  it('links the invitation and its engagement to the opportunity of the acceptance task', async () => {
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
    ['one whose opportunity id is invalid', [task({ opportunityId: 'none' }), task()]],
  ])('uses, of several tasks, %s', async (_, items) => {
    listTasks(...items);
    await putOpportunity(world);
    await putEngagement(world);
    await accept();
    expect(linksIn(world)).toEqual(sorted(byTask, engagementByTask));
  });

  it('copies the link of its engagement without a read', async () => {
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

  it('links the other invitations to its engagement', async () => {
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
    'postpones a fresh event until its %s is stored, then links',
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

  it('parks the event if the opportunity is not stored for long, and the next event retries', async () => {
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

  it('postpones a fresh event while a task is running, and guesses after that', async () => {
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
    'treats a refused list of tasks as no task: $code',
    async (refusal) => {
      world.partnerCentral.list(tasks, { catalog, id }, refusal);
      await putOpportunity(world);
      await accept();
      expect(linksIn(world)).toEqual(sorted(byTitle));
      expect([world.queue.sent, world.queue.parked]).toEqual([[], []]);
    },
  );

  it('postpones the event if Partner Central throttles the list of tasks', async () => {
    world.partnerCentral.list(tasks, { catalog, id }, throttled(tasks));
    await putOpportunity(world);
    await putEngagement(world);
    await accept();
    expect(world.log.of('event.postponed')).toMatchObject([{ code: 'partner-central.throttled' }]);
    listTasks(task());
    await hydrateInvitations(world, sentAgain(world));
    expect(linksIn(world)).toEqual(sorted(byTask, engagementByTask));
  });

  it('reads no tasks once the invitation is linked', async () => {
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

  it('links an invitation that names no engagement', async () => {
    answer({ status: 'ACCEPTED', engagementId: null });
    listTasks(task());
    await putOpportunity(world);
    await accept();
    await accept();
    expect(linksIn(world)).toEqual(sorted(byTask));
    expect([world.queue.sent, tasksRead()]).toEqual([[], 1]);
  });
});

describe('linkInvitation, for an invitation without an acceptance task', () => {
  it.each([
    ['pending', invitationPayload(), 'Created'],
    ['rejected', invitationPayload({ status: 'REJECTED' }), 'Rejected'],
    ['a pending lead', leadInvitationBody({ status: 'PENDING' }), 'Created'],
  ])('reads no tasks: %s', async (_, payload, name) => {
    world.partnerCentral.answer('GetEngagementInvitation', id, payload);
    await putOpportunity(world);
    await hydrateInvitations(world, [
      queued(invitationEvent({ detailType: `Engagement Invitation ${name}` })),
    ]);
    expect(tasksRead()).toBe(0);
    expect([linksIn(world), world.queue.sent]).toEqual([[], []]);
  });

  it('copies the link of its engagement', async () => {
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

describe('hydrateInvitation, after the link', () => {
  it('keeps the link when the payload changes', async () => {
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
