import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import { reconciledEventBody } from '../../../lambdas/core/reconciled-event.ts';
import { invitationEvent } from '../../builders/events.ts';
import { invitationPayload } from '../../builders/invitation-payloads.ts';
import { engagementKey, invitationKey, opportunityKey } from '../../builders/versions.ts';
import {
  type HydrationWorld,
  hydrateInvitations,
  hydrationWorld,
  queued,
  sentAgain,
  versionsOf,
} from './hydration-world.ts';
import {
  linksIn,
  pair,
  put,
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
const kind = 'engagement-invitation';
const accepted = invitationEvent({ detailType: 'Engagement Invitation Accepted' });
const [byTask, byTitle] = [
  pair(invitationKey, opportunityKey, 'acceptance-task'),
  pair(invitationKey, opportunityKey, 'project-title'),
];
const engagementByTask = pair(engagementKey, opportunityKey, 'acceptance-task');

function accept() {
  return hydrateInvitations(world, [queued(accepted)]);
}

function listTasks(...items: readonly JsonObject[]): void {
  world.partnerCentral.list(tasks, { catalog, id }, items);
}

describe('promise 11: a guess by project title', () => {
  beforeEach(() => {
    const payload = invitationPayload({ status: 'ACCEPTED' });
    world.partnerCentral.answer('GetEngagementInvitation', id, payload);
  });

  it('is made if exactly one opportunity of that customer has the title; the customer matches in any case', async () => {
    await putOpportunity(world, { companyName: 'EXAMPLE corp' });
    await putOpportunity(world, { id: 'O2', title: 'Data platform 2' });
    await putOpportunity(world, { id: 'O3', companyName: 'AnyCompany' });
    await accept();
    expect(linksIn(world)).toEqual(sorted(byTitle));
  });

  it('does not link the engagement', async () => {
    await putOpportunity(world);
    await putEngagement(world);
    await accept();
    expect(linksIn(world)).toEqual(sorted(byTitle));
  });

  it('is not made if two opportunities have the title', async () => {
    await putOpportunity(world);
    await putOpportunity(world, { id: 'O2' });
    await accept();
    expect([linksIn(world), world.queue.sent, world.queue.parked]).toEqual([[], [], []]);
  });

  it('ignores an opportunity that is linked to another invitation', async () => {
    await putOpportunity(world);
    await putOpportunity(world, { id: 'O2' });
    await putInvitation(world, { id: 'engi-another123456', engagementId: null, status: 'ACCEPTED' });
    world.partnerCentral.list(tasks, { catalog, id: 'engi-another123456' }, [task({ opportunityId: 'O2' })]);
    const another = invitationEvent({ invitationId: 'engi-another123456' });
    world.partnerCentral.answer(
      'GetEngagementInvitation',
      'engi-another123456',
      invitationPayload({ id: 'engi-another123456', engagementId: null, status: 'ACCEPTED' }),
    );
    await hydrateInvitations(world, [queued(another)]);
    await accept();
    expect(linksIn(world)).toEqual(
      sorted(
        byTitle,
        pair(
          { ...invitationKey, id: 'engi-another123456' },
          { ...opportunityKey, id: 'O2' },
          'acceptance-task',
        ),
      ),
    );
  });

  it('postpones a fresh event if no opportunity has the title yet', async () => {
    await accept();
    expect(world.log.of('event.postponed')).toMatchObject([{ code: 'link.pending' }]);
    await putOpportunity(world);
    await hydrateInvitations(world, sentAgain(world));
    expect(linksIn(world)).toEqual(sorted(byTitle));
  });

  it('does not postpone events of reconcile', async () => {
    const listed = { status: 'ACCEPTED', drift: false };
    const body = reconciledEventBody('run-1', '2026-03-01T10:00:00.000Z', { ...invitationKey, kind, listed });
    await hydrateInvitations(world, [queued(body)]);
    expect(world.queue.sent).toEqual([]);
    await putOpportunity(world);
    await hydrateInvitations(world, [queued(body)]);
    expect(linksIn(world)).toEqual(sorted(byTitle));
  });

  it('does not postpone the event if the invitation has no title or customer', async () => {
    world.partnerCentral.answer('GetEngagementInvitation', id, {
      Id: id,
      Status: 'ACCEPTED',
      PayloadType: 'OpportunityInvitation',
    });
    await putOpportunity(world);
    await accept();
    expect([linksIn(world), world.queue.sent]).toEqual([[], []]);
  });

  it('stays if a second opportunity with that title is stored later', async () => {
    await putOpportunity(world);
    await accept();
    await putOpportunity(world, { id: 'O2' });
    await accept();
    expect(linksIn(world)).toEqual(sorted(byTitle));
  });

  it('is replaced by the link of a task, and removed from the guessed record', async () => {
    await put(world, { ...opportunityKey, id: 'O2' }, { Id: 'O2', LastModifiedDate: '2026-03-01T09:00:00Z' });
    await putOpportunity(world);
    await putEngagement(world);
    await accept();
    expect(linksIn(world)).toEqual(sorted(byTitle));
    listTasks(task({ opportunityId: 'O2' }));
    await accept();
    const made = { ...opportunityKey, id: 'O2' };
    expect(linksIn(world)).toEqual(
      sorted(pair(invitationKey, made, 'acceptance-task'), pair(engagementKey, made, 'acceptance-task')),
    );
    expect(
      versionsOf(world, 'opportunity').filter(({ id: each }) => each === opportunityKey.id),
    ).toMatchObject([
      { version: 1 },
      { version: 2, topics: ['opportunity.updated', 'opportunity.linked'] },
      { version: 3, topics: ['opportunity.updated', 'opportunity.linked'], links: [] },
    ]);
  });

  it('becomes exact if the task names the same opportunity', async () => {
    await putOpportunity(world);
    await putEngagement(world);
    await accept();
    listTasks(task());
    await accept();
    expect(linksIn(world)).toEqual(sorted(byTask, engagementByTask));
  });
});
