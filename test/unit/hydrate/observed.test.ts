import { beforeEach, describe, expect, it } from 'vitest';
import { reconciledEventBody } from '../../../lambdas/core/reconciled-event.ts';
import { opportunityEvent } from '../../builders/events.ts';
import { throttled } from '../../builders/partner-central-failures.ts';
import { awsSummaryPayload, opportunityPayload } from '../../builders/payloads.ts';
import { type HydrationWorld, hydrateOpportunities, hydrationWorld, queued } from './hydration-world.ts';

let world: HydrationWorld;

beforeEach(() => {
  world = hydrationWorld();
  world.partnerCentral.answer('GetOpportunity', 'O1234567', opportunityPayload());
  world.partnerCentral.answer('GetAwsOpportunitySummary', 'O1234567', awsSummaryPayload());
});

const found = queued(
  reconciledEventBody('run_1', '2026-03-01T08:00:00.000Z', {
    catalog: 'AWS',
    kind: 'opportunity',
    id: 'O1234567',
    listed: { drift: true },
  }),
);

describe('logs of events that one read answers', () => {
  const early = opportunityEvent({ eventId: 'event-1', detailType: 'Opportunity Created' });
  const late = opportunityEvent({ eventId: 'event-2', time: '2026-03-01T10:00:01Z' });

  it('carry the id of the first event, the ids of all, and the newest detail-type', async () => {
    await hydrateOpportunities(world, [queued(late), queued(early)]);
    const lines = world.log.of('record.hydrated');
    expect(lines.map(({ correlationId }) => correlationId)).toEqual(['event-1', 'event-1']);
    expect(lines).toMatchObject([
      { detailType: 'Opportunity Updated', eventIds: ['event-1', 'event-2'] },
      { detailType: 'Opportunity Updated' },
    ]);
    expect(world.records.versions().map(({ cause }) => [cause.eventIds[0], cause.detailType])).toEqual([
      ['event-1', 'Opportunity Updated'],
      ['event-1', 'Opportunity Updated'],
    ]);
  });

  it('carry the id of the run for events of reconcile', async () => {
    await hydrateOpportunities(world, [found]);
    expect(world.log.of('record.hydrated')).toMatchObject([
      { correlationId: 'run_1', detailType: 'Opportunity Reconciled' },
      { correlationId: 'run_1' },
    ]);
  });

  it('are written for each event if the events are postponed or parked', async () => {
    world.partnerCentral.answer('GetOpportunity', 'O1234567', throttled('GetOpportunity'));
    const malformed = { ...opportunityEvent({ eventId: 'event-3' }), time: 'yesterday' };
    await hydrateOpportunities(world, [queued(early), queued(late), queued(malformed)]);
    expect(world.log.of('event.postponed').map(({ correlationId }) => correlationId)).toEqual([
      'event-1',
      'event-2',
    ]);
    expect(world.log.of('event.parked')).toMatchObject([{ correlationId: 'event-3' }]);
  });
});

describe('OldestWorkAge', () => {
  it('is sent once per batch, in seconds, for the oldest event of AWS if that is late', async () => {
    const old = opportunityEvent({ opportunityId: 'O7', time: '2026-03-01T09:55:00Z' });
    await hydrateOpportunities(world, [queued(opportunityEvent()), queued(old), found]);
    expect(world.metrics.levels('OldestWorkAge')).toEqual([305]);
  });

  it.each(['2026-03-01T09:55:06Z', '2026-03-01T10:00:09Z'])(
    'is not sent for an event of %s, which is on time',
    async (time) => {
      await hydrateOpportunities(world, [queued(opportunityEvent({ time }))]);
      expect(world.metrics.levels('OldestWorkAge')).toEqual([]);
    },
  );

  it('is not sent if the batch holds no readable event of AWS', async () => {
    await hydrateOpportunities(world, [found]);
    await hydrateOpportunities(world, [queued({ id: 'event-4' })]);
    expect(world.metrics.levels('OldestWorkAge')).toEqual([]);
  });
});
