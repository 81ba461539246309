import { beforeEach, describe, expect, it } from 'vitest';
import { laterAfter, ServiceError } from '../../../lambdas/core/service-error.ts';
import { dueForFanOut } from '../../builders/append-version.ts';
import { opportunityEvent } from '../../builders/events.ts';
import { invalid, throttled, unavailable } from '../../builders/partner-central-failures.ts';
import { awsSummaryPayload, opportunityPayload } from '../../builders/payloads.ts';
import { opportunityKey } from '../../builders/versions.ts';
import {
  eventTime,
  type HydrationWorld,
  hydrateOpportunities,
  hydrationWorld,
  queued,
  sentAgain,
  versionsOf,
} from './hydration-world.ts';

const ids = Array.from({ length: 30 }, (_, index) => `O${index}`);
let world: HydrationWorld;

beforeEach(() => {
  world = hydrationWorld();
  for (const id of ids) world.partnerCentral.answer('GetOpportunity', id, opportunityPayload({ id }));
});

function batch() {
  return ids.map((opportunityId) => queued(opportunityEvent({ opportunityId })));
}

function stored(): string[] {
  return versionsOf(world, 'opportunity').map(({ id }) => id);
}

function failOnce(id: string, failure: (operation: string) => ServiceError): void {
  const payload = opportunityPayload({ id });
  world.partnerCentral.answer('GetOpportunity', id, failure('GetOpportunity'), payload);
}

function idsWithout(...without: readonly string[]): string[] {
  return ids.filter((id) => !without.includes(id));
}

/** An event with numbers that JavaScript cannot hold, as text. */
function withLargeNumbers(opportunityId: string): string {
  return JSON.stringify(opportunityEvent({ opportunityId })).replace(
    '"detail":{',
    '"detail":{"sequence":12345678901234567890,"rate":1e400,',
  );
}

describe('hydrateBatch', () => {
  it('reads the record of an event that holds numbers that JavaScript cannot hold', async () => {
    await hydrateOpportunities(world, [queued(withLargeNumbers('O5'))]);
    expect(stored()).toEqual(['O5']);
    expect(world.queue.parked).toEqual([]);
  });

  it('postpones and parks the body of such an event with every digit', async () => {
    world.partnerCentral.answer('GetOpportunity', 'O5', throttled('GetOpportunity'));
    world.partnerCentral.answer('GetOpportunity', 'O6', invalid('GetOpportunity'));
    const bodies = ['O5', 'O6'].map(withLargeNumbers);
    await hydrateOpportunities(
      world,
      bodies.map((body) => queued(body)),
    );
    expect(world.queue.sent.map(({ body }) => body)).toEqual(bodies.slice(0, 1));
    expect(world.queue.parked.map(({ body }) => body)).toEqual(bodies.slice(1));
  });

  it.each([
    ['throttled', 'at its first failure', ['O5'], throttled, 10],
    ['unavailable', 'at the second failure among concurrent reads', ['O5', 'O6'], unavailable, 10],
    ['unavailable', 'at the second failure among later reads', ['O1', 'O15'], unavailable, 20],
  ] as const)(
    'postpones the rest of the batch after partner-central.%s: %s',
    async (code, _, failing, failure, begun) => {
      for (const id of failing) failOnce(id, failure);
      expect(await hydrateOpportunities(world, batch())).toEqual([]);
      // Ten records are read at once: those finish, and the others are postponed.
      expect(stored()).toEqual(idsWithout(...failing, ...ids.slice(begun)));
      expect(world.partnerCentral.countReads('GetOpportunity')).toBe(begun);
      expect(world.log.of('event.postponed').map((line) => line['code'])).toEqual(
        [...failing, ...ids.slice(begun)].map(() => `partner-central.${code}`),
      );
      expect(world.queue.parked).toEqual([]);
      await hydrateOpportunities(world, sentAgain(world));
      expect(stored().toSorted()).toEqual(ids.toSorted());
    },
  );

  it.each([invalid, unavailable])(
    'continues after a failure of one record, however many events it has (%#)',
    async (failure) => {
      failOnce('O1', failure);
      const again = queued(opportunityEvent({ opportunityId: 'O1' }));
      await hydrateOpportunities(world, [again, ...batch()]);
      expect(stored().toSorted()).toEqual(idsWithout('O1').toSorted());
      expect([...world.queue.sent, ...world.queue.parked]).toHaveLength(2);
    },
  );

  it.each([
    [19_999, 30],
    [20_000, 10],
  ])('starts records for 20 seconds: after %i ms it has stored %i', async (elapsedMs, expected) => {
    const payload = opportunityPayload({ id: 'O3' });
    world.partnerCentral.answer('GetOpportunity', 'O3', () => {
      world.clock.advance(elapsedMs);
      return payload;
    });
    expect(await hydrateOpportunities(world, batch())).toEqual([]);
    expect(stored()).toEqual(ids.slice(0, expected));
    expect(world.log.of('event.postponed').map(({ code }) => code)).toEqual(
      ids.slice(expected).map(() => 'batch.interrupted'),
    );
    await hydrateOpportunities(world, sentAgain(world));
    expect(stored()).toEqual(ids);
  });

  it('scales the delays of postponed messages by timeScale', async () => {
    world.partnerCentral.answer('GetOpportunity', 'O0', throttled('GetOpportunity'));
    const [first] = batch();
    if (first) await hydrateOpportunities(world, [first], { timeScale: 0.01 });
    expect(world.queue.sent).toMatchObject([{ delayMs: 15 }]);
  });
});

function waiting(): ServiceError {
  const details = { limit: 'day', waitMs: 40_000 } as const;
  return new ServiceError('quota.waiting', details, { retry: laterAfter(40_000) });
}

describe('promise 4: hydrateBatch waits for the quota', () => {
  it('postpones the rest of the batch by that time and up to half of it more, at any time scale', async () => {
    failOnce('O1', waiting);
    await hydrateOpportunities(world, batch(), { timeScale: 0.01, concurrentRecords: 2 });
    expect(stored()).toEqual(['O0']);
    expect(world.partnerCentral.countReads('GetOpportunity')).toBe(2);
    expect(world.queue.sent).toHaveLength(ids.length - 1);
    for (const { delayMs } of world.queue.sent) {
      expect(delayMs).toBeGreaterThanOrEqual(40_000);
      expect(delayMs).toBeLessThanOrEqual(60_000);
    }
    expect(world.metrics.totals()).toMatchObject({ ReadsWaiting: ids.length - 1 });
    expect(world.metrics.totals()).not.toHaveProperty('EventsPostponed');
    expect(world.queue.parked).toEqual([]);
  });

  it('does not lengthen the delay after the next failure', async () => {
    failOnce('O1', waiting);
    const [, second] = batch();
    if (second) await hydrateOpportunities(world, [{ ...second, timesSentAgain: 3 }]);
    expect(sentAgain(world)).toMatchObject([{ timesSentAgain: 3 }]);
  });
});

describe('a stored version', () => {
  it('records when the read began, not when it ended', async () => {
    world.partnerCentral.answer('GetOpportunity', 'O1234567', () => {
      world.clock.advance(700);
      return opportunityPayload();
    });
    world.partnerCentral.answer('GetAwsOpportunitySummary', 'O1234567', () => {
      world.clock.advance(700);
      return awsSummaryPayload();
    });
    await hydrateOpportunities(world, [queued(opportunityEvent())]);
    expect(world.records.versions().map(({ readAt }) => readAt)).toEqual([
      '2026-03-01T10:00:05.000Z',
      '2026-03-01T10:00:05.700Z',
    ]);
  });

  it('names the newest 100 of its events', async () => {
    world.partnerCentral.answer('GetOpportunity', 'O1234567', opportunityPayload());
    world.clock.set('2026-03-01T10:10:00.000Z');
    const events = Array.from({ length: 101 }, (_, index) =>
      queued(opportunityEvent({ eventId: `event-${index}`, time: eventTime(index) })),
    );
    await hydrateOpportunities(world, events.toReversed());
    const [version] = world.records.versions();
    expect(version?.cause.eventIds).toHaveLength(100);
    expect([version?.cause.eventIds[0], version?.cause.eventIds.at(-1)]).toEqual(['event-1', 'event-100']);
    expect(version?.cause.eventTime).toBe('2026-03-01T10:01:40.000Z');
  });

  it('is due in the outbox after a minute', async () => {
    world.partnerCentral.answer('GetOpportunity', 'O1234567', opportunityPayload());
    await hydrateOpportunities(world, [queued(opportunityEvent())]);
    expect(await dueForFanOut(world.records, '2026-03-01T10:01:04.999Z', 10)).toEqual([]);
    expect(await dueForFanOut(world.records, '2026-03-01T10:01:05.000Z', 10)).toMatchObject([
      { version: { ...opportunityKey, version: 1 }, dueAt: '2026-03-01T10:01:05.000Z' },
    ]);
  });
});
