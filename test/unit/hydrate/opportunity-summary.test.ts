import { beforeEach, describe, expect, it } from 'vitest';
import { erasePayload } from '../../../lambdas/core/erasure.ts';
import { instantOf } from '../../../lambdas/core/instant.ts';
import { eraseRecord } from '../../../lambdas/core/version.ts';
import { appendVersion } from '../../builders/append-version.ts';
import { opportunityEvent } from '../../builders/events.ts';
import { notFound, throttled } from '../../builders/partner-central-failures.ts';
import { awsSummaryPayload, opportunityPayload } from '../../builders/payloads.ts';
import { opportunityKey } from '../../builders/versions.ts';
import {
  eventTime,
  type HydrationWorld,
  hydrateOpportunities,
  hydrationWorld,
  outcomesOf,
  queued,
  sentAgain,
  versionsOf,
} from './hydration-world.ts';

const operation = 'GetAwsOpportunitySummary';
let world: HydrationWorld;

beforeEach(() => {
  world = hydrationWorld();
  world.partnerCentral.answer('GetOpportunity', 'O1234567', opportunityPayload());
});

describe('hydrateOpportunity, without an AWS-side summary', () => {
  it('reports the outcome absent', async () => {
    world.partnerCentral.answer(operation, 'O1234567', notFound(operation));
    expect(await hydrateOpportunities(world, [queued(opportunityEvent())])).toEqual([]);
    expect(outcomesOf(world)).toEqual(['stored', 'absent']);
    expect([world.queue.sent, world.queue.parked]).toEqual([[], []]);
    expect(world.records.versions()).toMatchObject([{ kind: 'opportunity', version: 1 }]);
  });

  it('does not read the summary before the submission', async () => {
    const reviewStatus = 'Pending Submission';
    world.partnerCentral.answer('GetOpportunity', 'O1234567', opportunityPayload({ reviewStatus }));
    await hydrateOpportunities(world, [queued(opportunityEvent())]);
    // The stored state counts too.
    world.clock.advance(1_000);
    await hydrateOpportunities(world, [queued(opportunityEvent())]);
    expect(outcomesOf(world)).toEqual(['stored', 'reflected']);
    expect(world.partnerCentral.countReads(operation)).toBe(0);
    expect(world.partnerCentral.reads).toHaveLength(1);
  });

  it('reads the summary if the stored state is submitted but the read is from before', async () => {
    world.partnerCentral.answer(operation, 'O1234567', awsSummaryPayload());
    const late = opportunityPayload({
      reviewStatus: 'Pending Submission',
      lastModifiedDate: '2026-02-28T09:00:00Z',
    });
    world.partnerCentral.answer('GetOpportunity', 'O1234567', opportunityPayload(), late);
    await hydrateOpportunities(world, [queued(opportunityEvent())]);
    world.clock.advance(600_000);
    await hydrateOpportunities(world, [queued(opportunityEvent({ time: eventTime(60) }))]);
    expect(world.partnerCentral.countReads(operation)).toBe(2);
  });

  it('reads the summary after the submission until it is found', async () => {
    const reviewStatus = 'Pending Submission';
    world.partnerCentral.answer(
      'GetOpportunity',
      'O1234567',
      opportunityPayload({ reviewStatus }),
      opportunityPayload(),
    );
    world.partnerCentral.answer(operation, 'O1234567', notFound(operation), awsSummaryPayload());
    for (const seconds of [0, 60, 120]) {
      await hydrateOpportunities(world, [queued(opportunityEvent({ time: eventTime(seconds) }))]);
      world.clock.advance(60_000);
    }
    expect(outcomesOf(world)).toEqual(['stored', 'stored', 'absent', 'unchanged', 'stored']);
  });
});

describe('hydrateOpportunity, for a change of the summary alone', () => {
  it('stores a version of the summary and none of the opportunity', async () => {
    world.partnerCentral.answer(
      operation,
      'O1234567',
      awsSummaryPayload({ engagementScore: 10 }),
      awsSummaryPayload({ engagementScore: 90 }),
    );
    await hydrateOpportunities(world, [queued(opportunityEvent())]);
    world.clock.advance(60_000);
    await hydrateOpportunities(world, [queued(opportunityEvent({ time: eventTime(60) }))]);
    expect(outcomesOf(world)).toEqual(['stored', 'stored', 'unchanged', 'stored']);
    expect(versionsOf(world, 'opportunity')).toHaveLength(1);
    expect(versionsOf(world, 'aws-opportunity-summary')[1]).toMatchObject({
      version: 2,
      type: 'aws_opportunity_summary.updated',
      topics: ['aws_opportunity_summary.updated', 'aws_opportunity_summary.insights_changed'],
      changes: [{ path: '/Insights/EngagementScore', before: 10, after: 90 }],
      occurredAt: '2026-03-01T10:01:00.000Z',
    });
    expect(world.metrics.totals()).toEqual({ RecordsStored: 3, RecordsUnchanged: 1 });
  });
});

describe('hydrateOpportunity, if the summary fails after the opportunity was stored', () => {
  it('reads only the summary when the event is retried', async () => {
    world.partnerCentral.answer(operation, 'O1234567', throttled(operation), awsSummaryPayload());
    await hydrateOpportunities(world, [queued(opportunityEvent())]);
    expect(versionsOf(world, 'opportunity')).toHaveLength(1);
    world.clock.advance(2_000);
    expect(await hydrateOpportunities(world, sentAgain(world))).toEqual([]);
    expect(outcomesOf(world)).toEqual(['reflected', 'stored']);
    expect(world.partnerCentral.countReads('GetOpportunity')).toBe(1);
    expect(world.records.versions().map(({ kind, version }) => [kind, version])).toEqual([
      ['opportunity', 1],
      ['aws-opportunity-summary', 1],
    ]);
  });
});

describe('promise 5: nothing AWS sends is dropped', () => {
  it('stores members that no model knows', async () => {
    const payload = { ...opportunityPayload({ stage: 'A New Stage' }), NewMember: { Deep: ['x', 1, true] } };
    world.partnerCentral.answer('GetOpportunity', 'O1234567', payload);
    await hydrateOpportunities(world, [queued(opportunityEvent())]);
    expect(versionsOf(world, 'opportunity')).toMatchObject([
      { payload, attributes: { stage: 'A New Stage' } },
    ]);
  });
});

/** Erases the opportunity, unless it is erased. */
async function eraseOpportunity(): Promise<void> {
  const current = await world.records.current(opportunityKey);
  if (!current) throw new Error('the opportunity is not stored');
  const now = instantOf(world.clock.nowMs());
  const erasure = eraseRecord(current, { detailType: 'pcr erase', eventIds: [], eventTime: now });
  if (!current.erased) await appendVersion(world.records, current, erasure, now);
}

describe('promise 13: the AWS-side summary of an erased opportunity', () => {
  it('is stored without personal data, although it was not stored when its opportunity was erased', async () => {
    world.partnerCentral.answer(operation, 'O1234567', notFound(operation), awsSummaryPayload());
    await hydrateOpportunities(world, [queued(opportunityEvent())]);
    await eraseOpportunity();
    world.clock.advance(600_000);
    await hydrateOpportunities(world, [queued(opportunityEvent({ time: eventTime(60) }))]);
    const summary = await world.records.current({ ...opportunityKey, kind: 'aws-opportunity-summary' });
    expect(summary).toMatchObject({ version: 1, erased: true });
    expect(summary?.payload).toEqual(erasePayload(awsSummaryPayload()));
  });

  it('is stored without personal data if the erasure came after the read of the summary began', async () => {
    // The opportunity is reflected: only the summary is read, for the first time.
    world.partnerCentral.answer(operation, 'O1234567', throttled(operation), awsSummaryPayload());
    await hydrateOpportunities(world, [queued(opportunityEvent())]);
    world.clock.advance(60_000);
    const partnerCentral: HydrationWorld['partnerCentral'] = {
      ...world.partnerCentral,
      async getAwsOpportunitySummary(...args) {
        await eraseOpportunity();
        return world.partnerCentral.getAwsOpportunitySummary(...args);
      },
    };
    await hydrateOpportunities(world, sentAgain(world), { partnerCentral });
    expect(outcomesOf(world)).toEqual(['reflected', 'stored']);
    expect(versionsOf(world, 'aws-opportunity-summary')).toMatchObject([
      { version: 1, erased: true, payload: erasePayload(awsSummaryPayload()) },
    ]);
  });

  it('is stored without personal data if the erasure came just before its write', async () => {
    world.partnerCentral.answer(operation, 'O1234567', awsSummaryPayload());
    const commit: HydrationWorld['records']['commit'] = async (before, version, ...rest) => {
      if (version.kind === 'aws-opportunity-summary') await eraseOpportunity();
      return world.records.commit(before, version, ...rest);
    };
    const records = { ...world.records, commit };
    await hydrateOpportunities(world, [queued(opportunityEvent())], { records });
    expect(versionsOf(world, 'aws-opportunity-summary')).toMatchObject([
      { version: 1, erased: true, payload: erasePayload(awsSummaryPayload()) },
    ]);
  });
});
