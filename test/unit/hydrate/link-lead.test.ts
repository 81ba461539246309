import { beforeEach, describe, expect, it } from 'vitest';
import { omitNulls } from '../../../lambdas/core/json.ts';
import { linkRecords } from '../../../lambdas/records/link-records.ts';
import { engagementPayload } from '../../builders/engagement-payloads.ts';
import { engagementEvent, invitationEvent } from '../../builders/events.ts';
import { leadInvitationBody } from '../../builders/invitation-payloads.ts';
import { cause, engagementKey, invitationKey, opportunityKey } from '../../builders/versions.ts';
import {
  type HydrationWorld,
  hydrateEngagements,
  hydrateInvitations,
  hydrationWorld,
  queued,
  sentAgain,
  versionsOf,
} from './hydration-world.ts';
import { linksIn, pair, put, putOpportunity, sorted } from './linked-world.ts';

let world: HydrationWorld;

const lead = { Customer: { CompanyName: 'Example Corp' }, Interactions: [], QualificationStatus: 'New' };
const engagement = engagementPayload({ contexts: [{ Id: '1', Payload: { Lead: lead }, Type: 'Lead' }] });
const linked = pair(invitationKey, engagementKey, 'invitation');

function invitation(status: string) {
  return omitNulls(leadInvitationBody({ status }));
}

function acceptLead() {
  return hydrateInvitations(world, [
    queued(invitationEvent({ detailType: 'Engagement Invitation Accepted' })),
  ]);
}

function joinEngagement() {
  return hydrateEngagements(world, [queued(engagementEvent())]);
}

beforeEach(() => {
  world = hydrationWorld();
  world.partnerCentral.answer('GetEngagementInvitation', invitationKey.id, invitation('ACCEPTED'));
  world.partnerCentral.answer('GetEngagement', engagementKey.id, engagement);
});

describe('promise 11: an accepted invitation to a lead and its engagement', () => {
  it('are linked when the invitation is stored last', async () => {
    await joinEngagement();
    await acceptLead();
    expect(linksIn(world)).toEqual(sorted(linked));
    expect(versionsOf(world, 'engagement').at(-1)?.topics).toContain('engagement.linked');
  });

  it('are linked when the engagement is stored last', async () => {
    await put(world, invitationKey, invitation('ACCEPTED'));
    await joinEngagement();
    expect(linksIn(world)).toEqual(sorted(linked));
  });

  it('are linked by the repeated event if the engagement was missing while the event was fresh', async () => {
    await acceptLead();
    expect(linksIn(world)).toEqual([]);
    expect(world.queue.sent).toHaveLength(1);
    await put(world, engagementKey, engagement);
    await hydrateInvitations(world, sentAgain(world));
    expect(linksIn(world)).toEqual(sorted(linked));
  });

  it('are not linked before the lead is accepted', async () => {
    await put(world, invitationKey, invitation('PENDING'));
    await joinEngagement();
    expect(linksIn(world)).toEqual([]);
  });

  it('lead to the opportunity that was made of the lead, whichever is stored last', async () => {
    await putOpportunity(world);
    await put(world, engagementKey, engagement);
    const deps = { records: world.records, clock: world.clock, outboxGraceMs: 60_000 };
    const ends = { catalog: 'AWS', kind: 'opportunity', id: opportunityKey.id } as const;
    const worked = { catalog: 'AWS', kind: 'engagement', id: engagementKey.id } as const;
    await linkRecords(worked, ends, 'lead-task', cause, deps);
    await put(world, invitationKey, invitation('ACCEPTED'));
    await joinEngagement();
    const all = sorted(
      linked,
      pair(engagementKey, opportunityKey, 'lead-task'),
      pair(invitationKey, opportunityKey, 'lead-task'),
    );
    expect(linksIn(world)).toEqual(all);
    const before = world.records.versions().length;
    await joinEngagement();
    await acceptLead();
    expect(linksIn(world)).toEqual(all);
    expect(world.records.versions()).toHaveLength(before);
  });
});
