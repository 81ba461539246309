import { beforeEach, describe, expect, it } from 'vitest';
import { laterAfter, ServiceError } from '../../../lambdas/core/service-error.ts';
import { opportunityEvent } from '../../builders/events.ts';
import {
  accessDenied,
  invalid,
  notFound,
  throttled,
  unavailable,
} from '../../builders/partner-central-failures.ts';
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

const early = { waits: 'after an early read' } as const;
const before = opportunityPayload({ lastModifiedDate: '2026-03-01T09:00:00Z', title: 'before' });
const after = opportunityPayload({ lastModifiedDate: eventTime(0), title: 'after' });
let world: HydrationWorld;

/** `before` was read an hour ago. The event is one second old, and ripe at 10:00:04. */
beforeEach(async () => {
  world = hydrationWorld();
  answer(before);
  world.partnerCentral.answer('GetAwsOpportunitySummary', 'O1234567', awsSummaryPayload());
  world.clock.set('2026-03-01T09:00:10.000Z');
  await hydrateOpportunities(world, [queued(opportunityEvent({ time: '2026-03-01T09:00:00Z' }))]);
  world.clock.set('2026-03-01T10:00:01.000Z');
});

function answer(
  ...answers: Parameters<HydrationWorld['partnerCentral']['answer']> extends [unknown, unknown, ...infer Rest]
    ? Rest
    : never
): void {
  world.partnerCentral.answer('GetOpportunity', 'O1234567', ...answers);
}

/** Numbers of reads of the opportunity and of its summary, without those of the hour before. */
function reads(): number[] {
  const { partnerCentral } = world;
  return [
    partnerCentral.countReads('GetOpportunity') - 1,
    partnerCentral.countReads('GetAwsOpportunitySummary') - 1,
  ];
}

function titles(): unknown[] {
  return versionsOf(world, 'opportunity').map(({ attributes }) => attributes.title);
}

function outcomes(): unknown[] {
  return outcomesOf(world).slice(2);
}

async function receive(...events: ReturnType<typeof opportunityEvent>[]): Promise<void> {
  const messages = events.map((event) => queued(event));
  expect(await hydrateOpportunities(world, messages, early)).toEqual([]);
}

/** Delivers what was sent again at the time at which SQS does. */
async function ripen(): Promise<void> {
  const messages = sentAgain(world);
  world.clock.set('2026-03-01T10:00:04.000Z');
  expect(await hydrateOpportunities(world, messages, early)).toEqual([]);
}

describe('promise 2: the ripe read follows every early read', () => {
  it('finds nothing new if the early read returned the change', async () => {
    answer(after);
    await receive(opportunityEvent());
    expect(titles()).toEqual(['before', 'after']);
    expect(reads()).toEqual([1, 0]);
    await ripen();
    expect(titles()).toEqual(['before', 'after']);
    expect(reads()).toEqual([2, 1]);
    expect(outcomes()).toEqual(['stored', 'unchanged', 'unchanged']);
    expect(world.queue.sent).toHaveLength(1);
  });

  it('corrects an early read that returned the state before the change', async () => {
    answer(before, after);
    await receive(opportunityEvent());
    expect(titles()).toEqual(['before']);
    expect(outcomes()).toEqual(['unchanged', 'unchanged']);
    await ripen();
    expect(titles()).toEqual(['before', 'after']);
  });

  it('corrects an early read that returned an older state than the stored one, which stays certain', async () => {
    const older = opportunityPayload({ lastModifiedDate: '2026-03-01T08:00:00Z', title: 'older' });
    answer(older, after);
    await receive(opportunityEvent());
    const current = await world.records.current(opportunityKey);
    expect(current).toMatchObject({ attributes: { title: 'before' }, readAt: '2026-03-01T09:00:10.000Z' });
    expect(current?.certainFrom).toBeUndefined();
    await ripen();
    expect(titles()).toEqual(['before', 'after']);
    expect(world.queue.sent).toHaveLength(1);
  });

  it('reads a summary early only if the opportunity has not changed', async () => {
    const changed = awsSummaryPayload({ engagementScore: 'High' });
    world.partnerCentral.answer('GetAwsOpportunitySummary', 'O1234567', changed);
    await receive(opportunityEvent());
    expect(reads()).toEqual([1, 1]);
    expect(outcomes()).toEqual(['unchanged', 'stored']);
    expect(versionsOf(world, 'aws-opportunity-summary')).toHaveLength(2);
    await ripen();
    expect(versionsOf(world, 'aws-opportunity-summary')).toHaveLength(2);
  });

  it('leaves the first state of a summary to the ripe read', async () => {
    world = hydrationWorld();
    world.clock.set('2026-03-01T09:00:10.000Z');
    answer(before);
    await hydrateOpportunities(world, [queued(opportunityEvent({ time: '2026-03-01T09:00:00Z' }))]);
    world.partnerCentral.answer('GetAwsOpportunitySummary', 'O1234567', awsSummaryPayload());
    world.clock.set('2026-03-01T10:00:01.000Z');
    await receive(opportunityEvent());
    expect(reads()).toEqual([1, 0]);
    await ripen();
    expect(versionsOf(world, 'aws-opportunity-summary')).toHaveLength(1);
  });

  it('makes the first version of a new opportunity early, and that of its summary when it is ripe', async () => {
    world = hydrationWorld();
    world.clock.set('2026-03-01T10:00:01.000Z');
    answer(after);
    world.partnerCentral.answer('GetAwsOpportunitySummary', 'O1234567', awsSummaryPayload());
    await receive(opportunityEvent({ detailType: 'Opportunity Created' }));
    expect(outcomesOf(world)).toEqual(['stored']);
    await ripen();
    expect(outcomesOf(world)).toEqual(['stored', 'unchanged', 'stored']);
  });
});

describe('a young event', () => {
  it.each([
    ['2026-03-01T10:00:00.000Z', 4_000],
    ['2026-03-01T10:00:01.250Z', 2_750],
    ['2026-03-01T10:00:03.999Z', 1],
    // The clock of this worker is behind. No event waits for longer than the settling time.
    ['2026-03-01T09:59:59.000Z', 4_000],
  ] as const)(
    'sends the message of %s again with a delay of %i ms, and counts no failure',
    async (now, delayMs) => {
      world.clock.set(now);
      await receive(opportunityEvent());
      expect(world.queue.sent).toMatchObject([{ delayMs, timesSentAgain: 0 }]);
      expect(world.log.of('event.postponed')).toEqual([]);
      expect(world.metrics.totals()).not.toHaveProperty('EventsPostponed');
    },
  );

  it.each(['2026-03-01T10:00:04.000Z', '2026-03-01T09:58:59.999Z'] as const)(
    'reads at %s at once, because the event is ripe or from the far future',
    async (now) => {
      world.clock.set(now);
      await receive(opportunityEvent());
      expect(world.queue.sent).toEqual([]);
      expect(reads()).toEqual([1, 1]);
    },
  );

  it('waits as long, without an early read, if the clock of this worker is ten seconds ahead', async () => {
    const firstReceivedAtMs = world.clock.nowMs();
    world.clock.advance(10_000);
    await hydrateOpportunities(world, [{ ...queued(opportunityEvent()), firstReceivedAtMs }], early);
    expect(world.queue.sent).toMatchObject([{ delayMs: 3_000 }]);
    // Stored as read ten seconds later, a stale answer would seem to reflect the event.
    expect(reads()).toEqual([0, 0]);
  });

  it('keeps the number of times that its message was sent again after failures', async () => {
    await hydrateOpportunities(world, [queued(opportunityEvent(), 3)], early);
    expect(world.queue.sent).toMatchObject([{ timesSentAgain: 3 }]);
  });

  it('waits for its ripe read also without early reads', async () => {
    await hydrateOpportunities(world, [queued(opportunityEvent())], { waits: 'without an early read' });
    expect(world.queue.sent).toMatchObject([{ delayMs: 3_000, timesSentAgain: 0 }]);
    expect(reads()).toEqual([0, 0]);
  });

  it('waits without an early read if reconcile sent it', async () => {
    const listed = { lastModifiedAt: '2026-03-01T09:59:00.000Z', drift: true };
    const found = { ...opportunityEvent({ detailType: 'Opportunity Reconciled' }) };
    const detail = { catalog: 'AWS', opportunity: { identifier: 'O1234567' }, listed };
    await receive({ ...found, source: 'partner-central-relay', detail });
    expect(reads()).toEqual([0, 0]);
    expect(world.queue.sent).toMatchObject([{ delayMs: 3_000 }]);
  });

  it('waits without an early read if a ripe event of its record is in the same batch', async () => {
    answer(after);
    await receive(opportunityEvent({ time: eventTime(-10) }), opportunityEvent());
    expect(reads()).toEqual([1, 1]);
    expect(titles()).toEqual(['before', 'after']);
    expect(world.queue.sent).toHaveLength(1);
  });
});

describe('promise 4: an early read', () => {
  const times = [0, 0, 1, 1, 2];
  const five = times.map((seconds, index) =>
    opportunityEvent({ eventId: `event-${index}`, time: eventTime(seconds) }),
  );

  it('costs one read for five events in a batch, which its version names', async () => {
    answer(after);
    world.clock.set('2026-03-01T10:00:02.500Z');
    await receive(...five);
    expect(reads()).toEqual([1, 0]);
    expect(versionsOf(world, 'opportunity').at(-1)?.cause.eventIds).toHaveLength(5);
    expect(world.log.of('record.hydrated').at(-1)).toMatchObject({
      correlationId: 'event-0',
      early: true,
      outcome: 'stored',
      reads: 1,
    });
    expect(world.queue.sent.map(({ delayMs }) => delayMs)).toEqual([1_500, 1_500, 2_500, 2_500, 3_500]);
  });

  it.each([
    ['a new state', after],
    ['no change', before],
  ])('costs one read for five events in batches of their own, if that returns %s', async (_, returned) => {
    answer(returned);
    for (const event of five) {
      world.clock.advance(300);
      await receive(event);
    }
    expect(reads()[0]).toBe(1);
    expect(world.queue.sent).toHaveLength(5);
  });

  it('makes no read while the stored state is uncertain', async () => {
    const current = await world.records.current(opportunityKey);
    if (!current) throw new Error('nothing is stored');
    await world.records.markUncertain(current, '2026-03-01T10:05:00.000Z');
    await receive(opportunityEvent());
    expect(reads()).toEqual([0, 0]);
  });

  it('changes nothing if another worker has stored a read meanwhile', async () => {
    const newer = opportunityPayload({ lastModifiedDate: eventTime(1), title: 'newer' });
    answer(after);
    world.clock.set('2026-03-01T10:00:01.000Z');
    let isOvertaken = false;
    const records: HydrationWorld['records'] = {
      ...world.records,
      // The other worker reads and stores after this one has begun.
      async current(key) {
        const state = await world.records.current(key);
        if (isOvertaken) return state;
        isOvertaken = true;
        answer(newer, after);
        await hydrateOpportunities(world, [queued(opportunityEvent({ time: eventTime(-10) }))]);
        return state;
      },
    };
    await hydrateOpportunities(world, [queued(opportunityEvent())], { ...early, records });
    expect(titles()).toEqual(['before', 'newer']);
    expect(world.log.of('record.hydrated').at(-1)).toMatchObject({ early: true, outcome: 'stale' });
  });
});

function refusedPermit(): ServiceError {
  const details = { limit: 'day', waitMs: 40_000 } as const;
  return new ServiceError('quota.waiting', details, { retry: laterAfter(40_000) });
}

describe('promise 1: an early read that fails costs nothing', () => {
  it.each([
    ['a permit that is refused', refusedPermit],
    ['not-found', () => notFound('GetOpportunity')],
    ['access-denied', () => accessDenied('GetOpportunity')],
    ['an invalid request', () => invalid('GetOpportunity')],
    ['a throttle', () => throttled('GetOpportunity')],
    ['an unavailable service', () => unavailable('GetOpportunity')],
    ['an unexpected error', () => new TypeError('unexpected')],
  ])('%s leaves the change to the ripe read', async (_, failure) => {
    answer(failure(), after);
    await receive(opportunityEvent());
    expect(world.queue.parked).toEqual([]);
    expect(world.queue.sent).toMatchObject([{ delayMs: 3_000, timesSentAgain: 0 }]);
    expect(world.metrics.totals()).toEqual({ RecordsStored: 2 });
    const error = failure();
    const { level, fields } = world.log.lines.find((line) => line.event === 'early-read.failed') ?? {};
    expect(level).toBe(error instanceof ServiceError ? 'info' : 'warn');
    expect(fields).toMatchObject(
      error instanceof ServiceError ? { code: error.code } : { error: 'TypeError' },
    );
    await ripen();
    expect(titles()).toEqual(['before', 'after']);
  });

  it.each([
    ['a refused permit', refusedPermit, 2],
    ['a throttle', () => throttled('GetOpportunity'), 2],
    ['a record that is not found', () => notFound('GetOpportunity'), 5],
  ])(
    'after %s, the early reads of the batch end if the next ones would fail too',
    async (_, failure, read) => {
      const ids = ['O1', 'O2', 'O3', 'O4', 'O5'];
      for (const id of ids) world.partnerCentral.answer('GetOpportunity', id, failure());
      const messages = ids.map((opportunityId) => queued(opportunityEvent({ opportunityId })));
      await hydrateOpportunities(world, messages, { ...early, concurrentRecords: 2 });
      expect(reads()[0]).toBe(read);
      expect(world.queue.sent).toHaveLength(5);
    },
  );

  it('reports what was stored before it failed', async () => {
    const summary = awsSummaryPayload({ engagementScore: 'High' });
    world.partnerCentral.answer(
      'GetAwsOpportunitySummary',
      'O1234567',
      unavailable('GetAwsOpportunitySummary'),
      summary,
    );
    await receive(opportunityEvent());
    expect(outcomes()).toEqual(['unchanged']);
    expect(world.log.of('early-read.failed')).toMatchObject([{ code: 'partner-central.unavailable' }]);
  });

  it('leaves an opportunity to the ripe read if the name of a solution would have to be read', async () => {
    const RelatedEntityIdentifiers = { Solutions: ['S-2'] };
    answer({ ...after, RelatedEntityIdentifiers });
    const solutions = {
      namesOf: async () => new Map([['S-2', 'Platform']]),
      knownNamesOf: async () => undefined,
    };
    await hydrateOpportunities(world, [queued(opportunityEvent())], { ...early, solutions });
    expect(titles()).toEqual(['before']);
    await ripen();
    expect(titles()).toEqual(['before', 'after']);
  });

  it('ends the early reads of a batch after five seconds', async () => {
    const ids = ['O1', 'O2', 'O3'];
    const slow = (id: string) => () => {
      world.clock.advance(2_500);
      return opportunityPayload({ id });
    };
    for (const id of ids) world.partnerCentral.answer('GetOpportunity', id, slow(id));
    const messages = ids.map((opportunityId) => queued(opportunityEvent({ opportunityId })));
    await hydrateOpportunities(world, messages, { ...early, concurrentRecords: 1 });
    expect(reads()[0]).toBe(2);
    expect(world.queue.sent).toHaveLength(3);
  });

  it('leaves a message to SQS if it can neither be sent again nor postponed', async () => {
    answer(after);
    const unsent = new ServiceError('queue.unavailable', { operation: 'sendAgain', error: 'Timeout' });
    const queue = { ...world.queue, sendAgain: () => Promise.reject(unsent) };
    const message = queued(opportunityEvent());
    expect(await hydrateOpportunities(world, [message], { ...early, queue })).toEqual([message.messageId]);
    expect(titles()).toEqual(['before', 'after']);
  });
});
