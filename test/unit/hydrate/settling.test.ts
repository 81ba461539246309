import { beforeEach, describe, expect, it } from 'vitest';
import { laterAfter, ServiceError } from '../../../lambdas/core/service-error.ts';
import { invitationEvent, opportunityEvent, snapshotEvent, withValue } from '../../builders/events.ts';
import {
  accessDenied,
  invalid,
  notFound,
  throttled,
  unavailable,
} from '../../builders/partner-central-failures.ts';
import { awsSummaryPayload, opportunityPayload } from '../../builders/payloads.ts';
import { fixedRandom } from '../../fakes/fixed-random.ts';
import {
  type HydrationWorld,
  hydrateInvitations,
  hydrateOpportunities,
  hydrationWorld,
  queued,
  sentAgain,
  versionsOf,
} from './hydration-world.ts';

let world: HydrationWorld;

beforeEach(() => {
  world = hydrationWorld();
  world.partnerCentral.answer('GetOpportunity', 'O1234567', opportunityPayload());
  world.partnerCentral.answer('GetAwsOpportunitySummary', 'O1234567', awsSummaryPayload());
});

describe('promise 1: JSON nested to 10,000 levels is stored or parked with its reason', () => {
  const deep = '[{"a":'.repeat(5_000) + '1' + '}]'.repeat(5_000);

  it('stores the record of an event with an unknown member nested to 10,000 levels', async () => {
    const body = queued(opportunityEvent()).body.replace('{', `{"unknown":${deep},`);
    expect(await hydrateOpportunities(world, [{ ...queued(opportunityEvent()), body }])).toEqual([]);
    expect(versionsOf(world, 'opportunity')).toHaveLength(1);
  });

  it('parks an event whose record id is nested to 10,000 levels', async () => {
    const body = queued(opportunityEvent()).body.replace('"O1234567"', deep);
    expect(await hydrateOpportunities(world, [{ ...queued(opportunityEvent()), body }])).toEqual([]);
    expect(world.queue.parked).toMatchObject([{ code: 'event.malformed', body }]);
  });

  it('parks an event once if the answer about its record nests too deep', async () => {
    const details = { operation: 'GetOpportunity', mostLevels: 500 };
    world.partnerCentral.answer('GetOpportunity', 'O1234567', new ServiceError('payload.too-deep', details));
    const message = queued(opportunityEvent());
    expect(await hydrateOpportunities(world, [message])).toEqual([]);
    const reason = JSON.stringify(details);
    expect(world.queue.parked).toEqual([{ body: message.body, code: 'payload.too-deep', reason }]);
    expect(world.queue.sent).toEqual([]);
  });
});

describe('promise 1: hydrateBatch parks an unreadable event with its reason and hydrates the rest', () => {
  it.each([
    ['a text that is not JSON', 'not even {', { code: 'event.malformed', path: '' }],
    ['a list', '[]', { code: 'event.malformed', path: '' }],
    [
      'an event without a record id',
      withValue(opportunityEvent(), '/detail/opportunity/identifier', 17),
      { code: 'event.malformed', path: '/detail/opportunity/identifier' },
    ],
    [
      'an event about another kind of record',
      invitationEvent(),
      { code: 'event.unhandled', detailType: 'Engagement Invitation Created' },
    ],
    [
      'an event with an unknown detail-type',
      snapshotEvent(),
      { code: 'event.unhandled', detailType: 'Engagement Resource Snapshot Created' },
    ],
  ] as const)('parks the message with %s', async (_, body, { code, ...details }) => {
    const poison = queued(body);
    const batch = [poison, queued(opportunityEvent())];
    expect(await hydrateOpportunities(world, batch)).toEqual([]);
    expect(world.queue.parked).toEqual([{ body: poison.body, code, reason: expect.any(String) }]);
    expect(JSON.parse(world.queue.parked[0]?.reason ?? '')).toMatchObject(details);
    expect(world.queue.sent).toEqual([]);
    expect(versionsOf(world, 'opportunity')).toHaveLength(1);
    expect(world.metrics.totals()).toMatchObject({ EventsParked: 1, RecordsStored: 2 });
    expect(world.log.of('event.parked')).toMatchObject([{ messageId: poison.messageId, code }]);
  });

  it('parks an opportunity event in the invitation queue', async () => {
    await hydrateInvitations(world, [queued(opportunityEvent())]);
    expect(world.queue.parked).toMatchObject([{ code: 'event.unhandled' }]);
  });
});

describe('promise 1: hydrateBatch postpones temporary failures with a growing delay and never parks them', () => {
  const failures = [throttled('GetOpportunity'), unavailable('GetOpportunity')];

  it.each(failures)('postpones the event: $code', async (failure) => {
    world.partnerCentral.answer('GetOpportunity', 'O1234567', failure);
    let messages = [queued(opportunityEvent())];
    const body = messages[0]?.body;
    for (let time = 0; time < 40; time += 1) {
      expect(await hydrateOpportunities(world, messages)).toEqual([]);
      messages = sentAgain(world, time);
    }
    const delays = world.queue.sent.map(({ delayMs }) => delayMs);
    expect(delays.slice(0, 10)).toEqual([
      ...[1_500, 3_000, 6_000, 12_000, 24_000].map((ms) =>
        Math.max(ms, failure.retry.kind === 'later' ? failure.retry.afterMs : 0),
      ),
      48_000,
      96_000,
      192_000,
      384_000,
      675_000,
    ]);
    expect(Math.max(...delays)).toBe(675_000);
    expect(world.queue.sent.at(-1)).toMatchObject({ body, timesSentAgain: 40 });
    expect(world.queue.parked).toEqual([]);
    expect(world.metrics.totals()).toMatchObject({ EventsPostponed: 40 });
    expect(world.log.of('event.postponed').at(-1)).toMatchObject({ code: failure.code, timesSentAgain: 39 });

    world.partnerCentral.answer('GetOpportunity', 'O1234567', opportunityPayload());
    await hydrateOpportunities(world, messages);
    expect(versionsOf(world, 'opportunity')).toHaveLength(1);
  });

  it('waits at most 15 minutes and at least as long as the failure requires', async () => {
    world.partnerCentral.answer('GetOpportunity', 'O1234567', unavailable('GetOpportunity'));
    const random = fixedRandom(0.999_999);
    await hydrateOpportunities(world, [queued(opportunityEvent(), 1_000)], { random });
    await hydrateOpportunities(world, [queued(opportunityEvent())], { random: fixedRandom(0) });
    expect(world.queue.sent.map(({ delayMs }) => delayMs)).toEqual([900_000, 2_000]);
  });

  it('postpones every event of the record, each by its own count', async () => {
    world.partnerCentral.answer('GetOpportunity', 'O1234567', throttled('GetOpportunity'));
    await hydrateOpportunities(world, [queued(opportunityEvent(), 3), queued(opportunityEvent())]);
    expect(world.queue.sent.map(({ timesSentAgain }) => timesSentAgain)).toEqual([4, 1]);
  });

  it('hydrates the other records of the batch', async () => {
    world.partnerCentral.answer('GetOpportunity', 'O2', throttled('GetOpportunity'));
    const postponed = queued(opportunityEvent({ opportunityId: 'O2' }));
    await hydrateOpportunities(world, [postponed, queued(opportunityEvent())]);
    expect(world.queue.sent).toMatchObject([{ body: postponed.body }]);
    expect(versionsOf(world, 'opportunity')).toMatchObject([{ id: 'O1234567' }]);
  });

  it('postpones the event if the store is unavailable', async () => {
    const details = { operation: 'commit', error: 'TimeoutError' };
    const failure = new ServiceError('store.unavailable', details, { retry: laterAfter(2_000) });
    const records = { ...world.records, commit: () => Promise.reject(failure) };
    await hydrateOpportunities(world, [queued(opportunityEvent())], { records });
    expect(world.queue.sent).toHaveLength(1);
    expect(world.queue.parked).toEqual([]);
  });
});

describe('promise 1: hydrateBatch parks permanent failures at once with their reason', () => {
  it.each([invalid('GetOpportunity'), accessDenied('GetOpportunity'), notFound('GetOpportunity')])(
    'parks the event: $code',
    async (failure) => {
      world.partnerCentral.answer('GetOpportunity', 'O1234567', failure);
      const message = queued(opportunityEvent());
      expect(await hydrateOpportunities(world, [message])).toEqual([]);
      const reason = JSON.stringify(failure.details);
      expect(world.queue.parked).toEqual([{ body: message.body, code: failure.code, reason }]);
      expect(world.queue.sent).toEqual([]);
    },
  );

  it.each([invalid('GetAwsOpportunitySummary'), accessDenied('GetAwsOpportunitySummary')])(
    'parks the event if the summary of a submitted opportunity fails: $code',
    async (failure) => {
      world.partnerCentral.answer('GetAwsOpportunitySummary', 'O1234567', failure);
      await hydrateOpportunities(world, [queued(opportunityEvent())]);
      expect(world.queue.parked).toMatchObject([{ code: failure.code }]);
      expect(versionsOf(world, 'opportunity')).toHaveLength(1);
    },
  );
});

describe('hydrateOpportunity, if the opportunity is not found', () => {
  const created = opportunityEvent({ detailType: 'Opportunity Created' });

  beforeEach(() => world.partnerCentral.answer('GetOpportunity', 'O1234567', notFound('GetOpportunity')));

  it('postpones a fresh Created event by some seconds', async () => {
    await hydrateOpportunities(world, [queued(created)]);
    expect(world.queue).toMatchObject({ parked: [], sent: [{ delayMs: 3_000, timesSentAgain: 1 }] });
    world.partnerCentral.answer('GetOpportunity', 'O1234567', opportunityPayload());
    await hydrateOpportunities(world, sentAgain(world));
    expect(versionsOf(world, 'opportunity')).toMatchObject([{ version: 1, type: 'opportunity.created' }]);
  });

  it('parks the event once it is no longer fresh', async () => {
    world.clock.set('2026-03-01T10:00:59.999Z');
    await hydrateOpportunities(world, [queued(created)]);
    expect([world.queue.sent.length, world.queue.parked.length]).toEqual([1, 0]);
    world.clock.set('2026-03-01T10:01:00.000Z');
    await hydrateOpportunities(world, sentAgain(world));
    expect(world.queue.parked).toMatchObject([{ code: 'partner-central.not-found' }]);
  });
});

describe('promise 1: hydrateBatch leaves unexpected failures to SQS', () => {
  it('returns the messages of an unexpected error, and neither postpones nor parks them', async () => {
    const defect = new TypeError('a defect of ours');
    world.partnerCentral.answer('GetOpportunity', 'O1234567', defect);
    const [first, second, other] = [
      queued(opportunityEvent()),
      queued(opportunityEvent()),
      queued(snapshotEvent()),
    ];
    expect(await hydrateOpportunities(world, [first, second, other])).toEqual([
      first.messageId,
      second.messageId,
    ]);
    expect(world.log.of('message.failed')).toMatchObject([
      { messageId: first.messageId, error: 'TypeError' },
      { messageId: second.messageId, error: 'TypeError' },
    ]);
    expect(world.queue.sent).toEqual([]);
    expect(world.queue.parked).toMatchObject([{ body: other.body }]);
  });

  it.each(['sendAgain', 'park'] as const)('returns the message if %s fails', async (call) => {
    const details = { operation: call, error: 'TimeoutError' };
    const failure = new ServiceError('queue.unavailable', details, { retry: laterAfter(2_000) });
    world.partnerCentral.answer('GetOpportunity', 'O1', throttled('GetOpportunity'));
    const postponed = queued(opportunityEvent({ opportunityId: 'O1' }));
    const poison = queued('poison');
    const queue = { ...world.queue, [call]: () => Promise.reject(failure) };
    const failed = call === 'park' ? poison : postponed;
    expect(await hydrateOpportunities(world, [postponed, poison], { queue })).toEqual([failed.messageId]);
    expect(world.log.of('message.failed')).toMatchObject([
      { messageId: failed.messageId, error: 'queue.unavailable' },
    ]);
    expect(world.queue.sent.length + world.queue.parked.length).toBe(1);
  });

  it('returns nothing for an empty batch', async () => {
    expect(await hydrateOpportunities(world, [])).toEqual([]);
    expect(world.log.lines).toEqual([]);
  });
});

describe('promise 6: hydrateBatch keeps personal data', () => {
  it('out of its logs and of the reasons of parked messages', async () => {
    world.partnerCentral.answer('GetAwsOpportunitySummary', 'O1234567', invalid('GetAwsOpportunitySummary'));
    const sender = 'Example Sender Corp';
    const poison = withValue(invitationEvent(), '/detail/engagementInvitation/senderCompanyName', sender);
    await hydrateOpportunities(world, [queued(opportunityEvent()), queued(poison), queued('{"a": ')]);
    const text = JSON.stringify([
      world.log.lines,
      world.queue.parked.map(({ code, reason }) => ({ code, reason })),
    ]);
    expect(world.queue.parked).toHaveLength(3);
    for (const secret of ['Example Corp', 'Data platform', 'owner@partner.example.com', 'Martha', sender])
      expect(text).not.toContain(secret);
  });
});
