import { beforeEach, describe, expect, it } from 'vitest';
import type { RecordKey } from '../../../lambdas/core/record.ts';
import { laterAfter, ServiceError } from '../../../lambdas/core/service-error.ts';
import { eraseRecord } from '../../../lambdas/core/version.ts';
import { appendVersion } from '../../builders/append-version.ts';
import { type OpportunityOptions, opportunityPayload } from '../../builders/payloads.ts';
import { cause } from '../../builders/versions.ts';
import { crashEverywhere, untilCrash } from '../../fakes/crashing.ts';
import { finishIntents } from '../../fakes/finish-intents.ts';
import {
  dayMs,
  finishedPasses,
  hourMs,
  minuteMs,
  opportunityId,
  passKey,
  type ReconcileWorld,
  reconcileWorld,
  run,
  runAfter,
  storeRead,
} from './reconcile-world.ts';

/** Every reminder. The time is 2026-03-01 12:00. */
const reminders = [
  { name: 'close_date_passed', days: 1 },
  { name: 'action_required_unanswered', days: 3 },
  { name: 'review_overdue', days: 10 },
  { name: 'idle', days: 30 },
] as const;

/** An opportunity without any reminder. */
const calm = {
  reviewStatus: 'Approved',
  lastModifiedDate: '2026-03-01T10:00:00Z',
  targetCloseDate: '2026-09-30',
};

let world: ReconcileWorld;
beforeEach(() => {
  world = reconcileWorld({ reminders });
});

function keyOf(number: number): RecordKey {
  return { catalog: 'AWS', kind: 'opportunity', id: opportunityId(number) };
}

function store(members: OpportunityOptions, number = 1, into = world): Promise<void> {
  const payload = opportunityPayload({ id: opportunityId(number), ...calm, ...members });
  return storeRead(into, keyOf(number), payload);
}

function reminded({ records }: ReconcileWorld = world) {
  return records.versions().filter(({ type }) => type === 'opportunity.reminder');
}

/** The topics of each reminder, without the type. */
function topics(of = world): string[][] {
  return reminded(of).map((version) => version.topics.slice(1));
}

function failRead(): Promise<never> {
  return Promise.reject(new Error('an opportunity is read'));
}

describe('a reminder', () => {
  it('is a version with the same payload, that says since when', async () => {
    await store({ targetCloseDate: '2026-02-28' });
    const before = await world.records.current(keyOf(1));
    await run(world);
    const [version, ...others] = reminded();
    expect(others).toEqual([]);
    expect(version).toMatchObject({
      id: opportunityId(1),
      version: 2,
      payload: before?.payload,
      changes: [],
      topics: ['opportunity.reminder', 'opportunity.close_date_passed'],
      announcedReminders: { close_date_passed: '2026-02-28T00:00:00.000Z' },
      occurredAt: '2026-03-01T12:00:00.000Z',
      cause: { detailType: 'Opportunity Reconciled', eventTime: '2026-03-01T12:00:00.000Z' },
    });
    expect(version?.cause.eventIds[0]).toMatch(/^run_[0-9a-f]{32}$/);
    expect(world.records.outbox()).toContainEqual({ ...keyOf(1), version: 2 });
    expect(world.log.of('opportunity.reminded')).toEqual([
      {
        correlationId: version?.cause.eventIds[0],
        record: `AWS/opportunity/${opportunityId(1)}`,
        reminders: ['close_date_passed'],
      },
    ]);
    expect(world.metrics.totals()).toMatchObject({ RemindersAnnounced: 1 });
  });

  it('is announced once for a situation, however often passes run', async () => {
    await store({ targetCloseDate: '2026-02-28' });
    await run(world);
    await runAfter(world, hourMs);
    await runAfter(world, hourMs, { full: true });
    expect(reminded()).toHaveLength(1);
    await store({
      targetCloseDate: '2026-02-28',
      nextSteps: 'Call',
      lastModifiedDate: '2026-03-01T13:00:00Z',
    });
    await runAfter(world, hourMs);
    expect(reminded()).toHaveLength(1);
    expect(finishedPasses(world, 'reminders').at(-1)).toMatchObject({ items: 1 });
  });

  it('is announced together with others that are due at the same time', async () => {
    const lastModifiedDate = '2026-01-15T10:00:00Z';
    await store({ targetCloseDate: '2026-02-28', reviewStatus: 'Action Required', lastModifiedDate });
    await run(world);
    expect(topics()).toEqual([
      ['opportunity.close_date_passed', 'opportunity.action_required_unanswered', 'opportunity.idle'],
    ]);
  });

  it('is not announced, and no pass for it runs, if none is switched on', async () => {
    const other = reconcileWorld();
    await store({ targetCloseDate: '2026-02-28' }, 1, other);
    await run(other);
    expect(reminded(other)).toEqual([]);
    expect(other.passes.find(passKey('reminders'))).toBeUndefined();
    expect(other.log.of('pass.finished')).toHaveLength(5);
  });

  it.each([
    ['Launched', { stage: 'Launched' }],
    ['Closed Lost', { stage: 'Closed Lost' }],
    ['rejected by AWS', { reviewStatus: 'Rejected' }],
  ])('is not announced for an opportunity that is %s', async (_what, members) => {
    await store({ targetCloseDate: '2026-02-28', lastModifiedDate: '2026-01-15T10:00:00Z', ...members });
    await run(world);
    expect(reminded()).toEqual([]);
  });

  it('is not announced for an erased opportunity', async () => {
    await store({ targetCloseDate: '2026-02-28' });
    const current = await world.records.current(keyOf(1));
    if (!current) throw new Error('the opportunity is stored');
    await appendVersion(world.records, current, eraseRecord(current, cause), '2026-03-01T12:00:00.000Z');
    await run(world);
    expect(reminded()).toEqual([]);
  });

  it('is not announced if the opportunity ends between the query and the write', async () => {
    await store({ targetCloseDate: '2026-02-28' });
    const commit: typeof world.records.commit = async (before, version, dueAt) => {
      world.clock.advance(1_000);
      await store({ stage: 'Launched', lastModifiedDate: '2026-03-01T12:00:00Z' });
      return world.records.commit(before, version, dueAt);
    };
    await run(world, {}, { records: { ...world.records, commit } });
    expect(reminded()).toEqual([]);
    expect(finishedPasses(world, 'reminders')).toHaveLength(1);
  });
});

describe('opportunity.close_date_passed', () => {
  it('is due when the next day begins in UTC', async () => {
    await store({ targetCloseDate: '2026-03-01' });
    world.clock.advance(12 * hourMs - 1);
    await run(world);
    expect(topics()).toEqual([]);
    world.clock.advance(1);
    await run(world, { now: true });
    expect(topics()).toEqual([['opportunity.close_date_passed']]);
  });

  it('is announced again when another target close date has passed', async () => {
    await store({ targetCloseDate: '2026-02-28' });
    await run(world);
    await store({ targetCloseDate: '2026-03-04', lastModifiedDate: '2026-03-01T12:30:00Z' });
    await runAfter(world, 3 * dayMs);
    expect(reminded()).toHaveLength(1);
    await runAfter(world, dayMs);
    expect(reminded().map(({ announcedReminders }) => announcedReminders)).toEqual([
      { close_date_passed: '2026-02-28T00:00:00.000Z' },
      { close_date_passed: '2026-03-04T00:00:00.000Z' },
    ]);
  });

  it.each([['9999-12-31'], ['soon'], [null]])(
    'is not due for the target close date %s',
    async (targetCloseDate) => {
      await store({ targetCloseDate });
      await run(world);
      expect(topics()).toEqual([]);
    },
  );
});

describe('opportunity.action_required_unanswered', () => {
  beforeEach(async () => {
    await store({ reviewStatus: 'Submitted', lastModifiedDate: '2026-03-01T11:00:00Z' });
    world.clock.advance(hourMs);
    await store({ reviewStatus: 'Action Required', lastModifiedDate: '2026-03-01T12:30:00Z' });
  });

  it('is due this many days after the status changed', async () => {
    await runAfter(world, 3 * dayMs - hourMs / 2 - 1);
    expect(topics()).toEqual([]);
    world.clock.advance(1);
    await run(world, { now: true });
    expect(topics()).toEqual([['opportunity.action_required_unanswered']]);
    expect(reminded()[0]?.announcedReminders).toEqual({
      action_required_unanswered: '2026-03-01T12:30:00.000Z',
    });
  });

  it('does not begin anew when the opportunity is edited without an answer', async () => {
    world.clock.advance(2 * dayMs);
    const lastModifiedDate = '2026-03-03T12:00:00Z';
    await store({ reviewStatus: 'Action Required', nextSteps: 'Call', lastModifiedDate });
    await runAfter(world, dayMs);
    expect(topics()).toEqual([['opportunity.action_required_unanswered']]);
    await runAfter(world, 4 * dayMs);
    expect(reminded()).toHaveLength(1);
  });

  it('is announced again when AWS requires another action', async () => {
    await runAfter(world, 3 * dayMs);
    await store({ reviewStatus: 'In review', lastModifiedDate: '2026-03-04T12:30:00Z' });
    world.clock.advance(dayMs);
    await store({ reviewStatus: 'Action Required', lastModifiedDate: '2026-03-05T12:30:00Z' });
    await runAfter(world, 3 * dayMs);
    expect(topics()).toEqual([
      ['opportunity.action_required_unanswered'],
      ['opportunity.action_required_unanswered'],
    ]);
  });
});

describe('opportunity.review_overdue', () => {
  it('counts from the submission, through Submitted and In review', async () => {
    await store({ reviewStatus: 'Submitted', lastModifiedDate: '2026-03-01T11:00:00Z' });
    await runAfter(world, 9 * dayMs);
    await store({ reviewStatus: 'In review', lastModifiedDate: '2026-03-10T11:30:00Z' });
    expect(topics()).toEqual([]);
    await runAfter(world, dayMs);
    expect(topics()).toEqual([['opportunity.review_overdue']]);
    expect(reminded()[0]?.announcedReminders).toEqual({ review_overdue: '2026-03-01T11:00:00.000Z' });
  });

  it('does not count the time before the last read of another status, if AWS leaves its timestamp', async () => {
    const lastModifiedDate = '2026-02-10T10:00:00Z';
    await store({ reviewStatus: 'Pending Submission', lastModifiedDate });
    world.clock.advance(hourMs);
    await store({ reviewStatus: 'Submitted', lastModifiedDate });
    await run(world);
    expect(topics()).toEqual([]);
    await runAfter(world, 10 * dayMs);
    expect(reminded()[0]?.announcedReminders).toMatchObject({ review_overdue: '2026-03-01T12:00:00.000Z' });
  });
});

describe('opportunity.idle', () => {
  it('is due this many days after the last change in AWS, and again after the next change', async () => {
    await store({ lastModifiedDate: '2026-01-30T12:00:00.001Z' });
    await run(world);
    expect(topics()).toEqual([]);
    await runAfter(world, hourMs);
    expect(topics()).toEqual([['opportunity.idle']]);
    await store({ lastModifiedDate: '2026-03-01T12:59:00Z', nextSteps: 'Call' });
    await runAfter(world, 29 * dayMs);
    expect(reminded()).toHaveLength(1);
    await runAfter(world, dayMs);
    expect(reminded()).toHaveLength(2);
  });

  it('is not due if the timestamp of AWS cannot be read', async () => {
    await store({ lastModifiedDate: 'yesterday' });
    await runAfter(world, 31 * dayMs);
    expect(topics()).toEqual([]);
  });
});

describe('the pass over reminders', () => {
  const many = Array.from({ length: 30 }, (_, index) => index + 1);

  it('promise 16: announces each reminder once if the process crashes at any call', async () => {
    const crashes = await crashEverywhere(async (process) => {
      const other = reconcileWorld({ reminders });
      await store({ targetCloseDate: '2026-02-28' }, 1, other);
      await store({ lastModifiedDate: '2026-01-15T10:00:00Z' }, 2, other);
      const records = process.wrap(other.records);
      const passes = process.wrap(other.passes);
      await untilCrash(run(other, {}, { records, passes, index: process.wrap(other.index) }));
      await runAfter(other, minuteMs);
      await runAfter(other, hourMs);
      await finishIntents(other.records);
      expect(topics(other).flat().toSorted()).toEqual(['opportunity.close_date_passed', 'opportunity.idle']);
    });
    expect(crashes).toBeGreaterThan(2 * 20);
  });

  it('promise 16: announces each reminder once if several workers with clocks that differ run it at once', async () => {
    await store({ targetCloseDate: '2026-02-28' });
    const heldUp = async (at: number) => {
      const clock = { ...world.clock, nowMs: () => world.clock.nowMs() + at };
      // Each takes the pass for its own: no lease separates them.
      const { passes } = reconcileWorld();
      await run(world, {}, { passes, clock });
    };
    await Promise.all([0, -minuteMs, minuteMs, 1].map(heldUp));
    expect(reminded()).toHaveLength(1);
    expect(world.records.versions().map(({ version }) => version)).toEqual([1, 2]);
  });

  it('stops when its time is over, and goes on in the next minute with what is left', async () => {
    for (const number of many) await store({ targetCloseDate: '2026-02-28' }, number);
    const slow: typeof world.records.current = async (key) => {
      if (key.kind === 'opportunity') world.clock.advance(4_000);
      return world.records.current(key);
    };
    await run(world, {}, { records: { ...world.records, current: slow } });
    const first = reminded().length;
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(many.length);
    expect(world.log.of('pass.advanced')).toMatchObject([{ pass: 'reminders', stopped: 'time' }]);
    await runAfter(world, minuteMs);
    expect(
      reminded()
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(many.map(opportunityId).toSorted());
    expect(finishedPasses(world, 'reminders')).toHaveLength(1);
  });

  it('is tried again a little later if the table does not answer', async () => {
    await store({ targetCloseDate: '2026-02-28' });
    const details = { operation: 'findOpenOpportunities', error: 'InternalServerError' };
    const failure = new ServiceError('store.unavailable', details, { retry: laterAfter(2_000) });
    const index = { ...world.index, findOpenOpportunities: () => Promise.reject(failure) };
    await run(world, {}, { index });
    expect(world.passes.find(passKey('reminders'))).toMatchObject({ dueAt: '2026-03-01T12:00:02.000Z' });
    await runAfter(world, minuteMs);
    expect(reminded()).toHaveLength(1);
  });

  it('reads no opportunity whose reminders are announced, and makes no call of Partner Central', async () => {
    await store({ targetCloseDate: '2026-02-28' });
    await run(world);
    const calls = world.partnerCentral.calls.filter(({ list }) => list === 'opportunities').length;
    world.clock.advance(hourMs);
    await run(world, {}, { records: { ...world.records, current: failRead } });
    expect(finishedPasses(world, 'reminders')).toHaveLength(2);
    expect(world.partnerCentral.calls.filter(({ list }) => list === 'opportunities')).toHaveLength(calls + 1);
  });
});
