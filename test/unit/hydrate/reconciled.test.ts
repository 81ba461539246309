import { beforeEach, describe, expect, it } from 'vitest';
import type { Instant } from '../../../lambdas/core/instant.ts';
import type { Listed } from '../../../lambdas/core/partner-event.ts';
import { type Finding, reconciledEventBody } from '../../../lambdas/core/reconciled-event.ts';
import type { RecordKey } from '../../../lambdas/core/record.ts';
import type { QueuedMessage } from '../../../lambdas/ports/work-queue.ts';
import { engagementPayload } from '../../builders/engagement-payloads.ts';
import { invitationEvent, opportunityEvent } from '../../builders/events.ts';
import { invitationPayload } from '../../builders/invitation-payloads.ts';
import { accessDenied, notFound } from '../../builders/partner-central-failures.ts';
import { awsSummaryPayload, opportunityPayload } from '../../builders/payloads.ts';
import { engagementKey, invitationKey, opportunityKey, summaryKey } from '../../builders/versions.ts';
import {
  eventTime,
  type HydrationWorld,
  hydrateEngagements,
  hydrateInvitations,
  hydrateOpportunities,
  hydrationWorld,
  outcomesOf,
  queued,
  sentAgain,
  versionsOf,
} from './hydration-world.ts';
import { put, putEngagement, putInvitation, putOpportunity } from './linked-world.ts';

let world: HydrationWorld;

beforeEach(() => {
  world = hydrationWorld();
});

const listedAt: Instant = '2026-03-01T10:00:00.000Z';

/** The event that `reconcile` sends for a listed record. */
function finding(key: RecordKey, listed: Partial<Listed>, known?: Finding['known']): QueuedMessage {
  const { catalog, kind, id } = key;
  if (kind === 'aws-opportunity-summary' || kind === 'command') throw new Error(`no list shows a ${kind}`);
  return queued(
    reconciledEventBody('run-1', listedAt, { catalog, kind, id, listed: { drift: true, ...listed }, known }),
  );
}

describe('isReflected, for events of reconcile', () => {
  it.each([
    ['2026-03-01T09:59:59.999Z', 0],
    ['2026-03-01T10:00:00.123Z', 0],
    ['2026-03-01T10:00:00.124Z', 1],
  ] as const)('compares the timestamp of an opportunity: %s', async (lastModifiedAt, reads) => {
    await putOpportunity(world, { lastModifiedDate: '2026-03-01T10:00:00.123Z' });
    world.partnerCentral.answer('GetOpportunity', opportunityKey.id, opportunityPayload());
    await hydrateOpportunities(world, [finding(opportunityKey, { lastModifiedAt })]);
    expect(world.partnerCentral.countReads('GetOpportunity')).toBe(reads);
    // The list does not contain the summary, which was read before.
    expect(world.partnerCentral.countReads('GetAwsOpportunitySummary')).toBe(1);
  });

  it('compares the timestamp of an engagement', async () => {
    await putEngagement(world);
    await hydrateEngagements(world, [finding(engagementKey, { lastModifiedAt: '2026-03-01T09:00:00.123Z' })]);
    expect(outcomesOf(world)).toEqual(['reflected']);
    expect(world.partnerCentral.reads).toEqual([]);
  });

  it.each([
    ['PENDING', 'PENDING', 'reflected'],
    ['PENDING', 'EXPIRED', 'stored'],
    ['EXPIRED', 'EXPIRED', 'reflected'],
    ['EXPIRED', 'PENDING', 'reflected'],
    ['EXPIRED', 'REJECTED', 'unchanged'],
  ])('an invitation that is %s and listed as %s is reflected: %s', async (stored, status, outcome) => {
    await putInvitation(world, { status: stored });
    world.partnerCentral.answer(
      'GetEngagementInvitation',
      invitationKey.id,
      invitationPayload({ status: 'EXPIRED' }),
    );
    await hydrateInvitations(world, [finding(invitationKey, { status })]);
    expect(outcomesOf(world)).toEqual([outcome]);
  });

  it.each([
    ['2026-03-01T10:00:03.999Z', 'unchanged'],
    ['2026-03-01T10:00:04.000Z', 'reflected'],
  ] as const)(
    'compares the time of the read if the list has neither timestamp nor status: %s',
    async (readAt, outcome) => {
      world.clock.set(readAt);
      world.partnerCentral.answer('GetEngagementInvitation', invitationKey.id, invitationPayload());
      await hydrateInvitations(world, [queued(invitationEvent({ time: eventTime(-60) }))]);
      world.clock.set('2026-03-01T10:00:05.000Z');
      await hydrateInvitations(world, [finding(invitationKey, {})]);
      expect(outcomesOf(world)).toEqual(['stored', outcome]);
    },
  );

  it('reads the record if another event of the batch is not reflected', async () => {
    await putInvitation(world);
    world.partnerCentral.answer('GetEngagementInvitation', invitationKey.id, invitationPayload());
    const event = queued(invitationEvent());
    await hydrateInvitations(world, [finding(invitationKey, { status: 'PENDING' }), event]);
    expect(outcomesOf(world)).toEqual(['unchanged']);
  });
});

describe('RecordsRepaired', () => {
  const lastModifiedAt = '2026-03-01T10:00:00.123Z';

  beforeEach(() => {
    world.partnerCentral.answer('GetOpportunity', opportunityKey.id, opportunityPayload());
    world.partnerCentral.answer('GetAwsOpportunitySummary', opportunityKey.id, awsSummaryPayload());
  });

  it.each([
    ['a stored record that only reconcile reported', [true], 2],
    ['no record for which no event was due yet', [false], undefined],
    ['no record if an event was not due yet for one of its changes', [true, false], undefined],
  ])('counts %s', async (_, drifts, repaired) => {
    await hydrateOpportunities(
      world,
      drifts.map((drift) => finding(opportunityKey, { lastModifiedAt, drift })),
    );
    expect(world.metrics.totals()['RecordsStored']).toBe(2);
    expect(world.metrics.totals()['RecordsRepaired']).toBe(repaired);
  });

  it('does not count a record for which AWS sent an event too', async () => {
    await hydrateOpportunities(world, [
      finding(opportunityKey, { lastModifiedAt }),
      queued(opportunityEvent()),
    ]);
    expect(world.metrics.totals()).toMatchObject({ RecordsStored: 2 });
    expect(world.metrics.totals()['RecordsRepaired']).toBeUndefined();
  });

  it('does not count a record that did not change', async () => {
    await putOpportunity(world, { lastModifiedDate: '2026-03-01T10:00:00.123Z' });
    await put(world, summaryKey, awsSummaryPayload());
    await hydrateOpportunities(world, [
      finding(opportunityKey, { lastModifiedAt: '2026-03-01T10:00:00.200Z' }),
    ]);
    expect(outcomesOf(world)).toEqual(['unchanged', 'unchanged']);
    expect(world.metrics.totals()['RecordsRepaired']).toBeUndefined();
  });
});

describe('a listed record that is not found', () => {
  it.each([
    ['opportunity', opportunityKey, 'GetOpportunity', hydrateOpportunities],
    ['invitation', invitationKey, 'GetEngagementInvitation', hydrateInvitations],
    ['engagement', engagementKey, 'GetEngagement', hydrateEngagements],
  ] as const)(
    'is retried while fresh and then left to the next pass, not parked: %s',
    async (_, key, operation, hydrate) => {
      world.partnerCentral.answer(operation, key.id, notFound(operation));
      await hydrate(world, [finding(key, {})]);
      expect(world.queue).toMatchObject({ parked: [], sent: [{ delayMs: 3_000 }] });
      world.clock.set('2026-03-01T10:01:00.000Z');
      await hydrate(world, sentAgain(world));
      expect(world.queue.parked).toEqual([]);
      expect(world.log.of('finding.refused')).toMatchObject([{ code: 'partner-central.not-found' }]);
      expect(world.metrics.totals()).toMatchObject({ FindingsRefused: 1 });
    },
  );
});

describe('an invitation that is listed with a final status', () => {
  const operation = 'GetEngagementInvitation';
  const { id } = invitationKey;

  it.each(['REJECTED', 'EXPIRED'])('becomes a tombstone if the read is refused: %s', async (status) => {
    const pending = invitationPayload();
    await put(world, invitationKey, pending);
    world.partnerCentral.answer(operation, id, accessDenied(operation));
    await hydrateInvitations(world, [finding(invitationKey, { status })]);
    expect(versionsOf(world, 'engagement-invitation').at(-1)).toMatchObject({
      version: 2,
      tombstone: true,
      payload: { ...pending, Status: status },
    });
  });

  it('becomes a tombstone built from the list if it is unknown', async () => {
    world.partnerCentral.answer(operation, id, accessDenied(operation));
    const known = { engagementId: engagementKey.id, payloadType: 'LeadInvitation' };
    await hydrateInvitations(world, [finding(invitationKey, { status: 'REJECTED' }, known)]);
    expect(versionsOf(world, 'engagement-invitation')).toMatchObject([
      {
        tombstone: true,
        payload: { Catalog: 'AWS', Id: id, EngagementId: engagementKey.id, PayloadType: 'LeadInvitation' },
        attributes: { status: 'REJECTED' },
      },
    ]);
  });

  it.each(['ACCEPTED', 'PENDING', 'A status of next year'])(
    'is left to the next pass if the read is refused and the status is %s',
    async (status) => {
      world.partnerCentral.answer(operation, id, accessDenied(operation));
      await hydrateInvitations(world, [finding(invitationKey, { status })]);
      expect(world.log.of('finding.refused')).toMatchObject([{ code: 'partner-central.access-denied' }]);
      expect(world.records.versions()).toEqual([]);
    },
  );

  it('becomes a tombstone for a presumed expiration only if it is not found', async () => {
    await put(world, invitationKey, invitationPayload());
    world.partnerCentral.answer(operation, id, accessDenied(operation), notFound(operation));
    const presumed = { status: 'EXPIRED', presumed: true };
    await hydrateInvitations(world, [finding(invitationKey, presumed)]);
    expect(versionsOf(world, 'engagement-invitation')).toHaveLength(1);
    await hydrateInvitations(world, [finding(invitationKey, presumed)]);
    expect(versionsOf(world, 'engagement-invitation').at(-1)).toMatchObject({ version: 2, tombstone: true });
  });

  it('keeps its stored final status', async () => {
    await put(world, invitationKey, invitationPayload({ status: 'ACCEPTED' }));
    world.partnerCentral.answer(operation, id, accessDenied(operation));
    await hydrateInvitations(world, [finding(invitationKey, { status: 'EXPIRED' })]);
    expect(versionsOf(world, 'engagement-invitation')).toHaveLength(1);
  });

  it.each(['ACCEPTED', 'REJECTED', 'EXPIRED'])(
    'is read again while fresh if the read says PENDING; after that the read is stored: %s',
    async (status) => {
      world.partnerCentral.answer(operation, id, invitationPayload());
      await hydrateInvitations(world, [finding(invitationKey, { status })]);
      expect(world.log.of('event.postponed')).toMatchObject([{ code: 'partner-central.behind' }]);
      expect(world.records.versions()).toEqual([]);
      world.clock.set('2026-03-01T10:01:00.000Z');
      await hydrateInvitations(world, sentAgain(world));
      expect(versionsOf(world, 'engagement-invitation')).toMatchObject([
        { attributes: { status: 'PENDING' } },
      ]);
    },
  );

  it('yields to the status of an event of AWS', async () => {
    world.partnerCentral.answer(operation, id, invitationPayload());
    world.clock.set('2026-03-01T10:01:30.000Z');
    const rejected = invitationEvent({ detailType: 'Engagement Invitation Rejected', time: eventTime(-1) });
    await hydrateInvitations(world, [finding(invitationKey, { status: 'EXPIRED' }), queued(rejected)]);
    expect(versionsOf(world, 'engagement-invitation')).toMatchObject([
      { attributes: { status: 'REJECTED' } },
    ]);
  });
});

describe('an engagement that is listed as changed', () => {
  it('is read and stored', async () => {
    await putEngagement(world);
    const modifiedAt = '2026-03-01T09:59:59.123456789Z';
    world.partnerCentral.answer('GetEngagement', engagementKey.id, engagementPayload({ modifiedAt }));
    await hydrateEngagements(world, [finding(engagementKey, { lastModifiedAt: '2026-03-01T09:59:59.123Z' })]);
    expect(versionsOf(world, 'engagement').at(-1)).toMatchObject({
      version: 2,
      lastModifiedAt: '2026-03-01T09:59:59.123Z',
      cause: { detailType: 'Engagement Reconciled', eventIds: ['run-1'] },
    });
    expect(world.metrics.totals()['RecordsRepaired']).toBe(1);
  });
});
